import type { TokenRange } from "../text/ranges";
import type { ScoredTokens } from "../text/tokens";
import { bitsOf, isScored } from "../text/tokens";
import { coveredText } from "../text/coveredText";

/** How well a model predicts a text; NaN where nothing was scored. */
export interface Surprisal {
  /** Tokens with a probability. */
  readonly scoredTokens: number;
  readonly bits: number;
  /** exp(mean of -ln p over scored tokens). */
  readonly perplexity: number;
  /** ppl x sd(-ln p) / sqrt(n - 1), sd over n, as llama.cpp's perplexity program gives it; NaN for a single token. */
  readonly perplexityError: number;
  /** Bits of the scored tokens / UTF-8 bytes of their text; what several tokens share counts once. */
  readonly bitsPerByte: number;
  /** Bits of the scored tokens / maximal runs of non-blank characters that their text touches. */
  readonly bitsPerWord: number;
}

export function measureSurprisal(text: string, tokens: ScoredTokens, range: TokenRange): Surprisal {
  // Welford's running mean and sum of squares: no cancellation however long the text.
  let scoredTokens = 0;
  let meanNats = 0;
  let squares = 0;
  for (let i = range.start; i < range.endExclusive; i++) {
    if (!isScored(tokens, i)) continue;
    scoredTokens++;
    const nats = -tokens.logProbability[i]!;
    const difference = nats - meanNats;
    meanNats += difference / scoredTokens;
    squares += difference * (nats - meanNats);
  }
  const bits = (scoredTokens * meanNats) / Math.LN2;
  const { bytes, words } = coveredText(text, tokens, range);
  const perplexity = scoredTokens > 0 ? Math.exp(meanNats) : NaN;
  return {
    scoredTokens,
    bits,
    perplexity,
    perplexityError: perplexity * Math.sqrt(squares / scoredTokens / (scoredTokens - 1)),
    bitsPerByte: bits / bytes,
    bitsPerWord: bits / words,
  };
}

/** Bins of {@link surprisalHistogram}; the last one holds all from `HISTOGRAM_BINS - 1` bits on. */
export const HISTOGRAM_BINS = 25;

/** Tokens by surprisal: `[0, 1), [1, 2), …` bits, the last bin open. */
export function surprisalHistogram(tokens: ScoredTokens, range: TokenRange): number[] {
  const bins = new Array<number>(HISTOGRAM_BINS).fill(0);
  for (let i = range.start; i < range.endExclusive; i++) {
    if (!isScored(tokens, i)) continue;
    const bin = Math.min(Math.floor(Math.max(0, bitsOf(tokens, i))), HISTOGRAM_BINS - 1);
    bins[bin] = bins[bin]! + 1;
  }
  return bins;
}

/** Mean of a column over scored tokens; NaN where there is none. */
export function meanOverScored(
  tokens: ScoredTokens,
  range: TokenRange,
  column: ArrayLike<number>,
): number {
  let sum = 0;
  let count = 0;
  for (let i = range.start; i < range.endExclusive; i++) {
    if (!isScored(tokens, i)) continue;
    sum += column[i]!;
    count++;
  }
  return sum / count;
}
