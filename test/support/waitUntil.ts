import { setTimeout as sleep } from "node:timers/promises";
import { patience } from "./patience";

const INTERVAL_MS = 50;

/**
 * Asks `isSo` until it answers true.
 * @throws Error naming `what` after `timeoutMs`
 */
export async function waitUntil(
  what: string,
  isSo: () => Promise<boolean>,
  timeoutMs = patience(90_000),
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`);
    await sleep(INTERVAL_MS);
  }
}
