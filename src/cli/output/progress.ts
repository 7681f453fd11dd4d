import type { Writable } from "node:stream";
import { oneLine } from "./oneLine";

/** One line on a terminal that is written over; nothing elsewhere. */
export interface Progress {
  /** @param fraction 0 .. 1 */
  show(what: string, fraction: number): void;
  clear(): void;
}

const BAR_WIDTH = 20;
const ERASE_LINE = "\r\u001b[2K";

export function createProgress(
  terminal: Writable & { readonly isTTY?: boolean; readonly columns?: number },
): Progress {
  if (!terminal.isTTY) return { show: () => undefined, clear: () => undefined };
  let shown = "";
  return {
    show(what, fraction) {
      const done = Math.round(fraction * BAR_WIDTH);
      const bar = "█".repeat(done) + "░".repeat(BAR_WIDTH - done);
      const percent = `${Math.floor(fraction * 100)} %`.padStart(5);
      const line = oneLine(`${bar} ${percent}  ${what}`, (terminal.columns ?? 80) - 1);
      if (line === shown) return;
      shown = line;
      terminal.write(ERASE_LINE + line);
    },
    clear() {
      if (shown !== "") terminal.write(ERASE_LINE);
      shown = "";
    },
  };
}
