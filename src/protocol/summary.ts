import type { Measured } from "./measured";
import type { ModelFacts, TextRange, TokenRange } from "./scores";

export interface Summary {
  readonly version: number;
  readonly complete: boolean;
  readonly range: TextRange | null;
  readonly base: RoleSummary | null;
  readonly rlhf: RoleSummary | null;
  /** True: the two models tokenize alike, so perplexities compare; false: bits per byte do. */
  readonly sameTokenizer: boolean;
  /** Both models read the text behind BOS, or both without it. */
  readonly sameBos: boolean;
  /** The text that both models scored, which all that follows is of; null with one model. */
  readonly common: CommonAmount | null;
  /** Of perplexity, or of bits per byte where tokenizers differ, per cent; null with one model. */
  readonly increasePercent: number | null;
  /** Mean difference in bits per token, or per segment where tokenizers differ (RLHF minus base), with its interval. */
  readonly paired: Interval | null;
  /** What makes the numbers, or their comparison, doubtful: sentences without a full stop, names not escaped. */
  readonly cautions: readonly string[];
  /** The most divergent spans, largest absolute difference first. */
  readonly divergences: readonly Divergence[];
}

/** The numbers of a document or a part of it, and what they were measured with. */
export interface DocumentSummary extends Summary {
  readonly measured: Measured;
}

/** One model's numbers over the scored tokens. */
export interface RoleSummary {
  readonly model: ModelFacts;
  /** Tokens of the text. */
  readonly tokens: number;
  /** Tokens with a probability. */
  readonly scoredTokens: number;
  readonly bits: number;
  readonly perplexity: number;
  /** ppl x sd(nll) / sqrt(n - 1), as llama.cpp gives it. */
  readonly perplexityError: number;
  readonly bitsPerByte: number;
  readonly bitsPerWord: number;
  /** Final token range of a partial result. */
  readonly scoredRange: TokenRange;
  /** What the model read before the text, control tokens included; null: no prompt. */
  readonly prompt: string | null;
}

/** How much text both models scored. */
export interface CommonAmount {
  readonly segments: number;
  readonly baseTokens: number;
  readonly rlhfTokens: number;
  readonly baseBits: number;
  readonly rlhfBits: number;
}

/** A mean with its standard error or interval; units stand with the field. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A stretch of text on which the models differ. */
export interface Divergence {
  readonly range: TextRange;
  /** Summed log2 p_base - log2 p_RLHF: positive where the RLHF model is more surprised. */
  readonly bits: number;
  /** The text, cut to 60 characters. */
  readonly text: string;
  /** The same for lists: the words that it touches, whole and on one line, cut between words; empty: white space alone. */
  readonly words: string;
  /** In which it begins, from 1. */
  readonly line: number;
}
