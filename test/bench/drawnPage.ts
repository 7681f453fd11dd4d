/** When a panel's page is first on screen whole. */
import type { Locator, Page } from "playwright-core";
import { waitUntil } from "../support/waitUntil";

type Recorded = typeof globalThis & { drawnAt?: number };

/** Has every page that is loaded from now on note the frame that shows it whole. */
export function recordDrawnPages(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    // A panel's document is written anew in its window, which ends what waits for frames.
    const timer = setInterval(() => {
      if (document.body?.dataset["drawn"] === undefined) return;
      clearInterval(timer);
      const note = () => ((globalThis as Recorded).drawnAt = Date.now());
      requestAnimationFrame(() => setTimeout(note));
    }, 5);
  });
}

/** Milliseconds since 1970, by the page's own clock: waiting for it from here would add to it. */
export async function drawnTime(body: Locator): Promise<number> {
  let time: number | undefined;
  await waitUntil("the page is drawn", async () => {
    time = await body.evaluate(() => (globalThis as Recorded).drawnAt);
    return time !== undefined;
  });
  return time!;
}
