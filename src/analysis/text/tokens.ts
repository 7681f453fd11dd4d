import type { TextRange, TokenRange } from "./ranges";

/**
 * A text's tokens under one model, one entry per index, in text order. Starts and ends never fall; tokens may overlap
 * (two that share a character), stand for no text at all (`start` = `endExclusive`), and leave text uncovered.
 */
export interface ScoredTokens {
  readonly count: number;
  /** UTF-16 offsets. */
  readonly start: ArrayLike<number>;
  readonly endExclusive: ArrayLike<number>;
  /** Nats, ≤ 0; NaN: not scored. */
  readonly logProbability: ArrayLike<number>;
}

/**
 * Numbers of the tokens that overlap a text range; a token without text counts where it stands.
 * @param range null: the whole text
 */
export function tokensIn(
  tokens: Omit<ScoredTokens, "logProbability">,
  range: TextRange | null,
): TokenRange {
  if (range === null) return { start: 0, endExclusive: tokens.count };
  const { start, endExclusive } = tokens;
  return {
    start: firstIndex(
      tokens.count,
      (i) => endExclusive[i]! > range.start || start[i]! >= range.start,
    ),
    endExclusive: firstIndex(tokens.count, (i) => start[i]! >= range.endExclusive),
  };
}

export function isScored(tokens: ScoredTokens, token: number): boolean {
  return !Number.isNaN(tokens.logProbability[token]!);
}

/** Surprisal of a token in bits; NaN: not scored. */
export function bitsOf(tokens: ScoredTokens, token: number): number {
  return -tokens.logProbability[token]! / Math.LN2;
}

/** Smallest index in [0, count) for which a monotone condition holds; count where it never does. */
export function firstIndex(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
