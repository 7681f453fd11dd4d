import type { TokenRange } from "../text/ranges";
import { bitsOf, isScored, type ScoredTokens } from "../text/tokens";

/** How a word's surprisal is made of its tokens': their sum, or corrected for where words are known to end. */
export type WordSurprisal = "tokens" | "boundary";

/** Tokens of a text under one model. */
export interface WordTokens extends ScoredTokens {
  /** Vocabulary id, `[token]`. */
  readonly id: ArrayLike<number>;
  /** Entropy before each token, nats, `[token]`; null: not measured. */
  readonly distribution: { readonly entropy: ArrayLike<number> } | null;
  /** ln of the probability that a word ends, nats, `[border]`; absent: not measured. */
  readonly boundary?: { readonly logProbability: ArrayLike<number> };
}

/** What is known of a model's reading, beside its tokens. */
export interface WordReading {
  readonly surprisal: WordSurprisal;
  /** 1 for entries that say that a word has ended, `[id]`; null: not asked for. */
  readonly boundaryEntries: ArrayLike<number> | null;
  /** Something was read before the text, so that its first word has a boundary before it. */
  readonly continues: boolean;
}

/** A word's numbers under one model; bits, null where they are not measured. */
export interface WordScores {
  readonly tokens: number;
  readonly bits: number | null;
  /** Before its first token. */
  readonly entropyBits: number | null;
  /** What was taken off and added for the boundaries at its ends; null: nothing was. */
  readonly boundaryBefore: number | null;
  readonly boundaryAfter: number | null;
}

/** Surprisal of a word (docs/definitions.md, "Words"), from its tokens. */
export function wordScores(
  tokens: WordTokens,
  range: TokenRange,
  reading: WordReading,
): WordScores {
  const { start, endExclusive } = range;
  const isCorrected = reading.surprisal === "boundary";
  const isFirst = start === 0 && !reading.continues;
  const before = isFirst ? 0 : boundaryBits(tokens, start, reading);
  const after = boundaryBits(tokens, endExclusive, reading);
  const raw = sumOfBits(tokens, range);
  const entropy = start < endExclusive ? tokens.distribution?.entropy[start] : NaN;
  return {
    tokens: endExclusive - start,
    bits: orNull(isCorrected ? raw - before + after : raw),
    entropyBits: orNull((entropy ?? NaN) / Math.LN2),
    boundaryBefore: isCorrected ? orNull(before) : null,
    boundaryAfter: isCorrected ? orNull(after) : null,
  };
}

/** NaN: none of its characters has a token, or one of its tokens is not scored. A blank that a tokenizer added may be. */
function sumOfBits(tokens: WordTokens, { start, endExclusive }: TokenRange): number {
  let bits = start < endExclusive ? 0 : NaN;
  for (let token = start; token < endExclusive; token++) {
    const isText = tokens.start[token]! < tokens.endExclusive[token]!;
    if (isText || isScored(tokens, token)) bits += bitsOf(tokens, token);
  }
  return bits;
}

/**
 * -log2 of the probability that a word ends before a token, or at the end of the text. 0 where the token is none that says so:
 * the word has then ended inside the one before it, or at a border without a blank.
 */
function boundaryBits(
  { count, id, boundary }: WordTokens,
  token: number,
  { boundaryEntries }: WordReading,
): number {
  if (token < count && boundaryEntries?.[id[token]!] !== 1) return 0;
  return -(boundary?.logProbability[token] ?? NaN) / Math.LN2;
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}
