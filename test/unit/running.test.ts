import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SharpnessMeasure } from "../../src/analysis/scores/sharpness";
import { lineSurprisals } from "../../src/analysis/scores/lines";
import { runningSurprisal } from "../../src/analysis/scores/running";
import { bitsOf } from "../../src/analysis/text/tokens";
import { arbitraryTokens, tokensOf } from "../support/tokens";

const all = (tokens: { count: number }) => ({ start: 0, endExclusive: tokens.count });

describe("runningSurprisal", () => {
  const tokensWith = (count: number, bitsAt: (i: number) => number | null) =>
    tokensOf(...Array.from({ length: count }, (_, i) => [i, i + 1, bitsAt(i)] as const));

  it("averages the tokens that begin in each stretch", () => {
    // 220 tokens make eleven stretches of 20 characters; from the third on there are no scores but in the last.
    const bitsAt = (i: number) => (i < 20 ? 2 + 2 * (i % 2) : i < 40 ? 5 : i < 200 ? null : 7);
    const tokens = tokensWith(220, bitsAt);
    const points = runningSurprisal(tokens, all(tokens), { start: 0, endExclusive: 220 });
    expect(points.map(({ offset, bits }) => [offset, Math.round(bits)])).toEqual([
      [0, 3],
      [20, 5],
      [200, 7],
    ]);
  });

  it("has ten stretches or more, a hundred at most, and none shorter than a character", () => {
    const points = (count: number) => {
      const range = { start: 0, endExclusive: count };
      return runningSurprisal(
        tokensWith(count, () => 1),
        range,
        range,
      );
    };
    expect([3, 40, 240, 5000].map((count) => points(count).length)).toEqual([3, 10, 12, 100]);
  });

  it("divides the part of a text that is asked for", () => {
    const tokens = tokensWith(50, (i) => i);
    const part = { start: 5, endExclusive: 45 };
    const [first, second] = runningSurprisal(tokens, part, part);
    expect([first?.offset, second?.offset]).toEqual([5, 9]);
    // 5 .. 8, 9 .. 12
    expect(first?.bits).toBeCloseTo(6.5, 12);
    expect(second?.bits).toBeCloseTo(10.5, 12);
  });
});

describe("lineSurprisals", () => {
  it("gives a token to the line it begins in", () => {
    // "ab\n\ncd": a token of both newlines belongs to the first line.
    const tokens = tokensOf([0, 2, 3], [2, 4, 1], [4, 5, null], [5, 6, 2]);
    expect(lineSurprisals(tokens, [0, 3, 4])).toEqual([
      { bits: 4, scoredTokens: 2 },
      { bits: 0, scoredTokens: 0 },
      { bits: 2, scoredTokens: 1 },
    ]);
  });

  it("loses no bit", () => {
    const starts = fc.uniqueArray(fc.integer({ min: 1, max: 29 }));
    fc.assert(
      fc.property(arbitraryTokens(30), starts, (tokens, cuts) => {
        const lines = lineSurprisals(tokens, [0, ...cuts.sort((a, b) => a - b)]);
        let bits = 0;
        for (let i = 0; i < tokens.count; i++) bits += bitsOf(tokens, i) || 0;
        expect(lines.reduce((sum, line) => sum + line.bits, 0)).toBeCloseTo(bits, 9);
      }),
    );
  });
});

describe("SharpnessMeasure", () => {
  it("averages the rows of scored tokens, whatever parts they come in", () => {
    const tokens = {
      ...tokensOf([0, 1, null], [1, 2, 1], [2, 3, 1]),
      entropy: [9, Math.LN2, 3 * Math.LN2],
      coverage: [9, 10, 20],
      concentration: [9, 9, 20, 80, 40, 100],
    };
    const measure = new SharpnessMeasure(2, 100);
    measure.add(tokens, tokens, { start: 0, endExclusive: 2 });
    measure.add(tokens, tokens, { start: 2, endExclusive: 3 });
    expect(measure.value()).toEqual({
      meanEntropyBits: 2,
      coverage: 15,
      concentration: [0.3, 0.9],
    });
  });
});
