import { describe, expect, it } from "vitest";
import { anchorBits, columnEntropy, rangeBits } from "../../src/analysis/samples/anchorBits";
import type { AnchorSpan } from "../../src/analysis/samples/anchors";
import type { ScoredTokens } from "../../src/analysis/text/tokens";
import { readAligned } from "../support/alignedRows";

/** Tokens one behind the other, given as their ends; bits of each. */
function tokens(ends: readonly number[], bits: readonly number[]): ScoredTokens {
  return {
    count: ends.length,
    start: [0, ...ends.slice(0, -1)],
    endExclusive: ends,
    logProbability: bits.map((b) => -b * Math.LN2),
  };
}

function anchor(length: number, ...places: readonly (readonly [number, number])[]): AnchorSpan {
  const occurrences = places.map(([sample, start]) => ({ sample, start }));
  return { text: "", length, column: 0, occurrences, share: 1 };
}

describe("anchorBits", () => {
  // "a😀é z": UTF-16 offsets a 0, 😀 1-3, é 3, blank 4, z 5; UTF-8 bytes 1, 4, 2, 1, 1.
  const text = "a😀é z";

  it("counts a token that only partly overlaps by its share of bytes", () => {
    const scored = { text, tokens: tokens([3, 5, 6], [10, 6, 1]) };
    // The emoji is 4 of the first token's 5 bytes, é 2 of the second's 3.
    expect(rangeBits(scored, { start: 1, endExclusive: 4 })).toBeCloseTo(8 + 4, 12);
    expect(rangeBits(scored, { start: 0, endExclusive: 6 })).toBeCloseTo(17, 12);
    // As an anchor of two code points, the emoji and é, behind one.
    const { bits, bitsPerCharacter } = anchorBits(anchor(2, [0, 1]), [scored])!;
    expect(bits).toBeCloseTo(12, 12);
    expect(bitsPerCharacter).toBeCloseTo(6, 12);
  });

  it("adds up tokens that share a character, and leaves out those without text", () => {
    const shared: ScoredTokens = {
      count: 4,
      start: [0, 0, 1, 1],
      endExclusive: [0, 1, 3, 3],
      logProbability: [-100, -1, -2, -3],
    };
    const bits = rangeBits({ text, tokens: shared }, { start: 1, endExclusive: 3 });
    expect(bits).toBeCloseTo(5 / Math.LN2, 12);
  });

  it("is the mean over the samples that hold the anchor and are scored", () => {
    const samples = [
      { text: "abc", tokens: tokens([1, 2, 3], [1, 2, 3]) },
      { text: "abc", tokens: tokens([3], [9]) },
      { text: "abc", tokens: tokens([1, 3], [1, NaN]) },
      null,
    ];
    const found = anchorBits(anchor(2, [0, 1], [1, 1], [2, 1], [3, 0]), samples)!;
    // 2 + 3 in the first, two thirds of 9 in the second; the third is not scored there, the fourth not at all.
    expect(found.bits).toBeCloseTo((5 + 6) / 2, 12);
    expect(found.samples).toBe(2);
    expect(anchorBits(anchor(2, [3, 0]), samples)).toBeNull();
  });
});

describe("columnEntropy", () => {
  it("stands at the column of a token's first character, as the mean of the tokens there", () => {
    const { texts, alignment } = readAligned(["ab-c", "😀bxc"]);
    const entropies = [
      { count: 2, start: [0, 1], endExclusive: [1, 3], entropy: [2 * Math.LN2, 4 * Math.LN2] },
      // The emoji is two units long; the first token has no text, the last is not scored.
      {
        count: 4,
        start: [0, 0, 2, 4],
        endExclusive: [0, 2, 4, 5],
        entropy: [50, 6 * Math.LN2, 8 * Math.LN2, NaN],
      },
    ];
    const columns = Int32Array.of(0, 1, 2, 3);
    const entropy = columnEntropy(texts, alignment, entropies, columns);
    expect(entropy[0]).toBeCloseTo((2 + 6) / 2, 12);
    expect(entropy[1]).toBeCloseTo((4 + 8) / 2, 12);
    expect([entropy[2], entropy[3]]).toEqual([NaN, NaN]);
    expect([...columnEntropy(texts, alignment, [null, null], columns)]).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
    ]);
  });
});
