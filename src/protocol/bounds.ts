import * as z from "zod/mini";

/**
 * The minimum and the maximum of every number that a user or a file can set, both included. Settings, command line, help
 * and the files of runs all take them from here; the manifest has the same (held by a unit test).
 */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Tokens a window holds. */
export const WINDOW: Bounds = { least: 2, most: 131_072 };
/** Tokens that every later window scores. */
export const STRIDE: Bounds = { least: 1, most: 131_072 };
export const MAX_WINDOWS: Bounds = { least: 1, most: 1_000_000_000 };
/** Tokens listed beside each token of a text. */
export const ALTERNATIVES: Bounds = { least: 0, most: 100 };
/** Processor threads. */
export const THREADS: Bounds = { least: 1, most: 512 };
/** Continuations drawn by each model. */
export const SAMPLES: Bounds = { least: 1, most: 1000 };
/** Tokens of each sample, at most. */
export const MAX_TOKENS: Bounds = { least: 1, most: 8192 };
/** Continuations of a place in a document that each model draws at a time. */
export const CONTINUATIONS: Bounds = { least: 1, most: 64 };
/** Tokens of each of them, at most. */
export const CONTINUATION_TOKENS: Bounds = { least: 1, most: 512 };
/** Sequences decoded together; llama.cpp knows 256, and one keeps the prompt. */
export const WIDTH: Bounds = { least: 1, most: 248 };
export const SEED: Bounds = { least: 0, most: 2_147_483_647 };
/** 0: always the most probable token. */
export const TEMPERATURE: Bounds = { least: 0, most: 10 };
export const TOP_P: Bounds = { least: 0.01, most: 1 };
/** Tokens that samples are drawn from, at most; 0: all. */
export const TOP_K: Bounds = { least: 0, most: 1_000_000 };
export const MIN_P: Bounds = { least: 0, most: 1 };
/** Prompts drawn in one go. */
export const PROMPTS: Bounds = { least: 1, most: 10_000 };
/** Samples of one prompt that come from elsewhere. */
export const IMPORTED_SAMPLES: Bounds = { least: 0, most: 100_000 };
/** Anchors looked for. */
export const ANCHORS: Bounds = { least: 1, most: 20 };
/** Code points that an anchor has at least. */
export const ANCHOR_LENGTH: Bounds = { least: 1, most: 10_000_000 };
/** Documents of a corpus that a study reads. */
export const STUDY_DOCUMENTS: Bounds = { least: 1, most: 1_000_000_000 };
/** UTF-8 bytes of a corpus' text that a study reads. */
export const STUDY_BYTES: Bounds = { least: 1, most: 1_000_000_000_000 };
/** UTF-8 bytes of one record of a corpus. */
export const RECORD_BYTES: Bounds = { least: 1, most: 268_435_456 };
/** Documents of a corpus that a study has continued. */
export const STUDY_PREFIXES: Bounds = { least: 1, most: 100_000 };
export const PREFIX_WORDS: Bounds = { least: 1, most: 10_000 };
/** Texts that a model writes from a corpus for probes. */
export const PROBE_TEXTS: Bounds = { least: 1, most: 100_000 };
/** How many tokens after the next one the predicted token stands. */
export const PROBE_AHEAD: Bounds = { least: 0, most: 16 };
/** Layer of a model whose states are read, counted from 1. */
export const PROBE_LAYER: Bounds = { least: 1, most: 10_000 };
/** Tokens of given texts in which states are read. */
export const PROBE_TOKENS: Bounds = { least: 100, most: 10_000_000 };
/** Steps by which a model is adapted, and between two measurements. */
export const ADAPT_STEPS: Bounds = { least: 1, most: 10_000 };
/** Windows whose loss one step descends. */
export const ADAPT_WINDOWS_PER_STEP: Bounds = { least: 1, most: 64 };
/** Tokens that a window predicts. */
export const ADAPT_WINDOW: Bounds = { least: 8, most: 8192 };
/** Of AdamW. */
export const ADAPT_LEARNING_RATE: Bounds = { least: 1e-9, most: 1 };
export const ADAPT_RANK: Bounds = { least: 1, most: 256 };
export const ADAPT_ALPHA: Bounds = { least: 0.1, most: 1024 };
/** Rounds in which a model is trained on what it wrote. */
export const TRADEOFF_ROUNDS: Bounds = { least: 1, most: 1000 };
/** Samples of a prompt of which the best is trained on; 1: whichever is drawn. */
export const BEST_OF: Bounds = { least: 1, most: 256 };
/** Passes over what a round trains on. */
export const TRADEOFF_EPOCHS: Bounds = { least: 1, most: 100 };
/** Documents of each corpus that every round is measured on. */
export const HELD_OUT_DOCUMENTS: Bounds = { least: 1, most: 10_000 };
/** Bytes of a model, all its files together. */
export const MODEL_BYTES: Bounds = { least: 1, most: 100_000_000_000_000 };
/** Files that one model is split into. */
export const MODEL_PARTS: Bounds = { least: 1, most: 1000 };
/** Models that a catalogue lists. */
export const CATALOG_MODELS: Bounds = { least: 0, most: 1000 };

export function isWithin({ least, most }: Bounds, value: number): boolean {
  return value >= least && value <= most;
}

/** As messages and help say it: `1 to 1,000`. */
export function range({ least, most }: Bounds): string {
  return [least, most].map((bound) => bound.toLocaleString("en-US")).join(" to ");
}

/**
 * A whole number within bounds, which its message names. The message is written when it is needed: the first number
 * that is put into words loads the language's rules, 30 ms of the extension's activation.
 */
export function wholeNumber(bounds: Bounds) {
  const message = { error: () => `a whole number from ${range(bounds)} is expected` };
  return z.int(message).check(z.gte(bounds.least, message), z.lte(bounds.most, message));
}

/** A number within bounds, which its message names. */
export function numberWithin(bounds: Bounds) {
  const message = { error: () => `a number from ${range(bounds)} is expected` };
  return z.number(message).check(z.gte(bounds.least, message), z.lte(bounds.most, message));
}
