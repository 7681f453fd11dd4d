import type { TextRange, TokenRange } from "../text/ranges";
import type { ScoredTokens } from "../text/tokens";
import { bitsOf, isScored } from "../text/tokens";

/** Mean surprisal of a stretch of text. */
export interface RunningPoint {
  /** UTF-16 offset at which the stretch begins. */
  readonly offset: number;
  /** Bits per token. */
  readonly bits: number;
}

/** More are not told apart in a figure, and fewer make no curve (choices). */
const STRETCHES = { least: 10, most: 100 };
/** Means of so many hardly jump. */
const TOKENS_PER_STRETCH = 20;

/**
 * How surprisal runs through a text: the mean over the tokens that begin in each of 10 to 100 equally long stretches, of
 * about 20 tokens or more where the text has so many; stretches in which no scored token begins are left out.
 * @param textRange what is divided
 */
export function runningSurprisal(
  tokens: ScoredTokens,
  tokenRange: TokenRange,
  textRange: TextRange,
): RunningPoint[] {
  const length = Math.max(1, textRange.endExclusive - textRange.start);
  const tokenCount = tokenRange.endExclusive - tokenRange.start;
  const wanted = Math.floor(tokenCount / TOKENS_PER_STRETCH);
  const { least, most } = STRETCHES;
  const stretches = Math.min(length, Math.max(least, Math.min(most, wanted)));
  const sums = new Float64Array(stretches);
  const counts = new Uint32Array(stretches);
  for (let i = tokenRange.start; i < tokenRange.endExclusive; i++) {
    if (!isScored(tokens, i)) continue;
    const share = (tokens.start[i]! - textRange.start) / length;
    const stretch = Math.max(0, Math.min(stretches - 1, Math.floor(share * stretches)));
    sums[stretch] = sums[stretch]! + bitsOf(tokens, i);
    counts[stretch] = counts[stretch]! + 1;
  }
  return Array.from(sums, (sum, i) => ({
    offset: textRange.start + Math.floor((i * length) / stretches),
    bits: sum / counts[i]!,
  })).filter((_, i) => counts[i]! > 0);
}
