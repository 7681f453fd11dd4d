import fc from "fast-check";
import type { ScoredTokens } from "../../src/analysis/text/tokens";

/** Tokens written down as `[start, endExclusive, bits]`; bits null: not scored. */
export function tokensOf(
  ...rows: readonly (readonly [number, number, number | null])[]
): ScoredTokens {
  return {
    count: rows.length,
    start: rows.map(([start]) => start),
    endExclusive: rows.map(([, end]) => end),
    logProbability: rows.map(([, , bits]) => (bits === null ? NaN : -bits * Math.LN2)),
  };
}

/** Text of any kind with a tokenization that leaves nothing out; some tokens unscored. */
export function arbitraryTokens(length: number): fc.Arbitrary<ScoredTokens> {
  return fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 1, max: Math.max(1, length - 1) }), { maxLength: length }),
      fc.array(fc.option(fc.double({ min: 0, max: 30, noNaN: true }), { freq: 8 }), {
        minLength: length + 1,
        maxLength: length + 1,
      }),
    )
    .map(([cuts, bits]) => {
      const ends = [...cuts.filter((cut) => cut < length), length].sort((a, b) => a - b);
      return tokensOf(...ends.map((end, i) => [ends[i - 1] ?? 0, end, bits[i] ?? null] as const));
    });
}
