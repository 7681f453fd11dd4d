import type { TextRange } from "../../protocol/scores";

/** Most that is painted at once, UTF-16 units: a very long line would be on screen as a whole. */
const MOST_PAINTED = 100_000;

/**
 * What is on screen of a text of `length` UTF-16 units, with a margin on either side of so many times its own length.
 */
export function around(visible: TextRange, margin: number, length: number): TextRange {
  const shown = Math.min(visible.endExclusive - visible.start, MOST_PAINTED);
  const beside = Math.min(shown * margin, (MOST_PAINTED - shown) / 2);
  return {
    start: Math.max(0, Math.floor(visible.start - beside)),
    endExclusive: Math.min(length, Math.ceil(visible.start + shown + beside)),
  };
}

export function contains(outer: TextRange, inner: TextRange): boolean {
  return outer.start <= inner.start && inner.endExclusive <= outer.endExclusive;
}
