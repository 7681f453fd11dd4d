import { chromium, type Browser } from "playwright-core";
import { chromiumCommand, findChromium } from "../../scripts/chromium.mjs";

/** The system's Chromium without a window and without any traffic of its own. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(`Chromium is missing. As root: ${chromiumCommand}`);
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      // The sandbox needs rights that containers seldom give; only our own pages are shown.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
