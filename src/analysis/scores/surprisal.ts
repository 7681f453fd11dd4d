import type { TokenRange } from "../text/ranges";
import type { ScoredTokens } from "../text/tokens";
import { bitsOf, isScored } from "../text/tokens";
import { CoveredText } from "../text/coveredText";

/** How well a model predicts a text; NaN where nothing was scored. */
export interface Surprisal {
  /** Tokens with a probability. */
  readonly scoredTokens: number;
  readonly bits: number;
  /** UTF-8 bytes of their text; what several tokens share counts once. */
  readonly bytes: number;
  /** Maximal runs of non-blank characters that their text touches. */
  readonly words: number;
  /** exp(mean of -ln p over scored tokens). */
  readonly perplexity: number;
  /** ppl x sd(-ln p) / sqrt(n - 1), sd over n, as llama.cpp's perplexity program gives it; NaN for a single token. */
  readonly perplexityError: number;
  readonly bitsPerByte: number;
  readonly bitsPerWord: number;
}

/** {@link Surprisal} of tokens as they come. */
export class SurprisalMeasure {
  private readonly covered = new CoveredText();
  // Welford's running mean and sum of squares: no cancellation however long the text.
  private scoredTokens = 0;
  private meanNats = 0;
  private squares = 0;

  /** Parameters as of {@link CoveredText.add}. */
  add(text: string, textStart: number, tokens: ScoredTokens, range: TokenRange): void {
    for (let i = range.start; i < range.endExclusive; i++) {
      if (!isScored(tokens, i)) continue;
      this.scoredTokens++;
      const nats = -tokens.logProbability[i]!;
      const difference = nats - this.meanNats;
      this.meanNats += difference / this.scoredTokens;
      this.squares += difference * (nats - this.meanNats);
    }
    this.covered.add(text, textStart, tokens, range);
  }

  value(): Surprisal {
    const { scoredTokens, meanNats, squares, covered } = this;
    const bits = (scoredTokens * meanNats) / Math.LN2;
    const perplexity = scoredTokens > 0 ? Math.exp(meanNats) : NaN;
    const { bytes, words } = covered;
    return {
      scoredTokens,
      bits,
      bytes,
      words,
      perplexity,
      perplexityError: perplexity * Math.sqrt(squares / scoredTokens / (scoredTokens - 1)),
      bitsPerByte: bits / bytes,
      bitsPerWord: bits / words,
    };
  }
}

/** Of some tokens of a text whose columns are at hand. */
export function measureSurprisal(text: string, tokens: ScoredTokens, range: TokenRange): Surprisal {
  const measure = new SurprisalMeasure();
  measure.add(text, 0, tokens, range);
  return measure.value();
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
