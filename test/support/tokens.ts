import fc from "fast-check";
import { bitsOf, type ScoredTokens } from "../../src/analysis/text/tokens";

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

/** Tokens of which some share characters, some have no text, and some text has no token. */
export function untidyTokens(length: number): fc.Arbitrary<ScoredTokens> {
  const kinds = fc.array(fc.constantFrom("plain", "plain", "shared", "empty", "gap"), {
    minLength: length,
    maxLength: length,
  });
  return fc.tuple(arbitraryTokens(length), kinds).map(([tokens, kind]) =>
    tokensOf(
      ...Array.from({ length: tokens.count }, (_, i) => i).flatMap((i) => {
        const [start, end] = [tokens.start[i]!, tokens.endExclusive[i]!];
        const bits = bitsOf(tokens, i);
        const row = [start, end, Number.isNaN(bits) ? null : bits] as const;
        if (kind[i] === "gap") return [];
        if (kind[i] === "shared") return [row, row];
        return kind[i] === "empty" ? [[start, start, 1] as const, row] : [row];
      }),
    ),
  );
}

/** The tokens from `start` to `end`. */
export function partOf(tokens: ScoredTokens, start: number, end: number): ScoredTokens {
  const slice = (column: ArrayLike<number>) => Array.from(column).slice(start, end);
  return {
    count: Math.max(0, Math.min(end, tokens.count) - start),
    start: slice(tokens.start),
    endExclusive: slice(tokens.endExclusive),
    logProbability: slice(tokens.logProbability),
  };
}
