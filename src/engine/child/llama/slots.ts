import { BLOCK, roundDown } from "../../blocks";

/** A sequence of a context and the tokens whose keys and values it holds, by position. */
interface Slot {
  tokens: Int32Array;
  lastUse: number;
}

/** Where a window is decoded, and how many of its tokens are there already: whole blocks. */
export interface Placement {
  readonly sequence: number;
  readonly reused: number;
}

/**
 * Remembers what each sequence of a context holds, so that a window which begins like an earlier one is decoded from
 * the first difference on. After an edit that is the window's own earlier version: no document needs to be known.
 */
export class Slots {
  private readonly slots: Slot[];
  private uses = 0;

  constructor(count: number) {
    this.slots = Array.from({ length: count }, () => ({ tokens: new Int32Array(0), lastUse: 0 }));
  }

  /**
   * Picks the sequence with the longest common beginning; among equals the one unused for the longest time.
   * @param limit tokens that may be reused at most
   */
  place(tokens: Int32Array, limit: number): Placement {
    let best = 0;
    let bestLength = -1;
    this.slots.forEach((slot, sequence) => {
      const length = commonPrefix(slot.tokens, tokens);
      if (
        length > bestLength ||
        (length === bestLength && slot.lastUse < this.slots[best]!.lastUse)
      ) {
        best = sequence;
        bestLength = length;
      }
    });
    // A window that shares no whole block, as what every window begins with, displaces the oldest one instead.
    if (bestLength < Math.min(limit, BLOCK)) best = this.oldest();
    return {
      sequence: best,
      reused: roundDown(Math.min(commonPrefix(this.slots[best]!.tokens, tokens), limit), BLOCK),
    };
  }

  /** States that `sequence` now holds `tokens`. */
  hold(sequence: number, tokens: Int32Array): void {
    const slot = this.slots[sequence]!;
    slot.tokens = tokens;
    slot.lastUse = ++this.uses;
  }

  private oldest(): number {
    let oldest = 0;
    this.slots.forEach((slot, sequence) => {
      if (slot.lastUse < this.slots[oldest]!.lastUse) oldest = sequence;
    });
    return oldest;
  }
}

function commonPrefix(a: Int32Array, b: Int32Array): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a[i] === b[i]) i++;
  return i;
}
