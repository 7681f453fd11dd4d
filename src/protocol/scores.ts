/**
 * What scoring a text yields: one row per token, held as columns (one typed array per quantity), so that the heat map,
 * charts and exports read the same data. Logarithms are natural inside; views and exports show bits.
 */

import type { ModelFile } from "./modelIdentity";

/** k of C(k), the summed probability of the k most probable tokens (paper §3): 1-2-5 steps up to 10,000. */
export const CONCENTRATION_KS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000,
] as const;

/** One C(k) of a token is stored as `round(C * CONCENTRATION_SCALE)` in 16 bits. */
export const CONCENTRATION_SCALE = 65535;

/** Probability above which an entry counts towards coverage (paper §3). */
export const COVERAGE_THRESHOLD = 1e-8;

/** Bits of `TokenColumns.flags`. */
export const TokenFlag = {
  /** The token stands for no character of the text, for instance a blank that the tokenizer added in front. */
  NoText: 1,
  /** A user-defined token of the vocabulary, matched before the tokenizer's own rules. */
  UserDefined: 2,
  /** The vocabulary's unknown token. */
  Unknown: 4,
  /** A byte-fallback token: several of them make up one character. */
  Byte: 8,
  /** Shares its characters with the token before it (both carry the whole shared range). */
  SharesText: 16,
} as const;

/**
 * Columns over the `count` tokens of one text under one model. Ranges are half-open UTF-16 offsets into the text.
 * Tokens that share a character carry the same range: their bits add up.
 */
export interface TokenColumns {
  readonly count: number;
  /** UTF-16 start of the token's text, `[token]`. */
  readonly start: Uint32Array;
  /** UTF-16 end of the token's text, exclusive, `[token]`. */
  readonly endExclusive: Uint32Array;
  /** Vocabulary id, `[token]`. */
  readonly id: Int32Array;
  /** Union of {@link TokenFlag} bits, `[token]`. */
  readonly flags: Uint8Array;
  /** Characters of the text that the vocabulary has no token for: they lie in no token's range, and the model never sees them. */
  readonly withoutToken: number;
  /** ln p(token | its window so far) in nats, ≤ 0; NaN while not scored (or never: no context), `[token]`. */
  readonly logProbability: Float64Array;
  /** null: not measured. Whoever scored the text asked for log-probabilities alone, or the engine reads no more. */
  readonly distribution: DistributionColumns | null;
  /** Absent: not measured. */
  readonly boundary?: BoundaryColumn;
}

/** How probable it is that a word ends, at each border of tokens. */
export interface BoundaryColumn {
  readonly kind: WordBoundary;
  /** ln of the probability, nats, before each token and behind the last one, `[border]`; NaN: not scored. */
  readonly logProbability: Float64Array;
}

/** What the whole distribution at each token says, beside the token's own probability. */
export interface DistributionColumns {
  /** 1 + entries with a strictly larger logit; 0 while not scored, `[token]`. */
  readonly rank: Uint32Array;
  /** Entropy of the plain softmax at this position in nats; NaN while not scored, `[token]`. */
  readonly entropy: Float32Array;
  /** Entries with p > {@link COVERAGE_THRESHOLD}, `[token]`. */
  readonly coverage: Uint32Array;
  /** C(k) for {@link CONCENTRATION_KS}, scaled by {@link CONCENTRATION_SCALE}, `[token][k]` row-major. */
  readonly concentration: Uint16Array;
  /** How many most probable entries `topId` and `topLogProbability` hold for each token. */
  readonly topK: number;
  /** Ids by falling probability, ties by id, `[token][topK]` row-major; -1 beyond the vocabulary. */
  readonly topId: Int32Array;
  /** Their ln p in nats, `[token][topK]` row-major. */
  readonly topLogProbability: Float32Array;
}

/**
 * What begins behind a word: a blank, a line break or the end of the text; `punctuation`: or a punctuation mark, where those are
 * not part of words (docs/definitions.md, "Words").
 */
export type WordBoundary = "blank" | "punctuation";

/** What stands before every window: what the vocabulary asks for, BOS, nothing, or EOS. */
export const BOS_CHOICES = ["auto", "on", "off", "eos"] as const;
export type BosChoice = (typeof BOS_CHOICES)[number];

/** How a text is cut into windows: strided, or as llama.cpp's perplexity program does it (docs/definitions.md, "Windows"). */
export interface WindowSettings {
  readonly mode: "strided" | "llama.cpp-compatible";
  /** Tokens a window holds, BOS included; 0: min(trained context, 2048). */
  readonly window: number;
  /** Tokens every later window scores; 0: half a window. Strided mode only. */
  readonly stride: number;
  /** Stop after so many windows; 0: no limit. */
  readonly maxWindows: number;
  /** Of scores never `auto`: `off` where the vocabulary lacks the token that was asked for. */
  readonly bos: BosChoice;
}

/** A half-open range of UTF-16 offsets; `unit`, never set, keeps a {@link TokenRange} out. */
export interface TextRange {
  readonly start: number;
  readonly endExclusive: number;
  readonly unit?: "UTF-16";
}

/** A half-open range of token numbers; `unit`, never set, keeps a {@link TextRange} out. */
export interface TokenRange {
  readonly start: number;
  readonly endExclusive: number;
  readonly unit?: "token";
}

/**
 * What a model's file says of its tokenizer and can't mean: no pre-tokenizer for a BPE vocabulary, a BOS that the
 * vocabulary lacks, or a wish for BOS with no word of which token that is.
 */
export const TOKENIZER_FAULTS = ["noPreTokenizer", "bosOutOfRange", "bosUnnamed"] as const;
export type TokenizerFault = (typeof TOKENIZER_FAULTS)[number];

/** Kernel of the attention: llama.cpp's flash attention, products of matrices, or as llama.cpp chooses for a GPU. */
export type Attention = "flash" | "plain" | "auto";

/** What an adapter's file says. */
export interface AdapterFacts {
  /** Of the file, in hex. */
  readonly sha256: string;
  /** SHA-256 over the files of the model that it was made of, in hex; null: it does not say. */
  readonly madeOf: string | null;
  /** That is another model than it is added to; false: it is this one, or nobody knows yet. */
  readonly isOfAnother: boolean;
}

/** What is known of a model once it is loaded; its identity is that of the files it was loaded from. */
export interface LoadedFacts extends ModelFile {
  /** Of its adapter; null: it has none. */
  readonly adapterFacts: AdapterFacts | null;
  /** `general.name` of the file, or its file name; with an adapter, ` + ` and that one's file name. */
  readonly name: string;
  readonly architecture: string;
  /** llama.cpp's name of the file type, for instance `Q8_0`. */
  readonly quantisation: string;
  readonly bitsPerWeight: number;
  /** Size of all tensors in bytes. */
  readonly sizeBytes: number;
  readonly parameters: number;
  /** Context the model was trained with, tokens. */
  readonly trainedContext: number;
  readonly vocabularySize: number;
  /** `SPM`, `BPE`, `RWKV` or `PLaMo2`. */
  readonly tokenizer: string;
  /** A digest over vocabulary and tokenizer settings: equal digests tokenize alike. */
  readonly tokenizerDigest: string;
  readonly addsBos: boolean;
  readonly tokenizerFaults: readonly TokenizerFault[];
  readonly hasChatTemplate: boolean;
  /** `CPU`, or the GPU's name. */
  readonly device: string;
  /** llama.cpp release of the engine. */
  readonly engineVersion: string;
}

/** How a model scores, known once it is ready to. */
export interface ScoringFacts {
  /** Memory that the model and its context for scoring hold, bytes (estimate). */
  readonly memoryBytes: number;
  readonly attention: Attention;
  /** Tokens decoded at a time: measured from {64 … 512}. No number depends on it. */
  readonly batch: number;
}

/** The facts about one model that views and exports name. */
export interface ModelFacts extends LoadedFacts, ScoringFacts {}
