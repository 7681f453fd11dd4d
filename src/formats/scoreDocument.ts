/** The JSON document of `twinlens score --format json` and of the editor's export. */
import * as z from "zod/mini";
import type { Role } from "../protocol/roles";
import { adapterSchema } from "./adapter";
import { BOS_CHOICES, TOKENIZER_FAULTS } from "../protocol/scores";

const finite = z.number();
/** null where a token has no probability, or there is nothing to divide by. */
const maybe = z.nullable(z.number());

export const modelSchema = z.object({
  path: z.string(),
  name: z.string(),
  /** Of the GGUF file; of a split model, over its files in order; with an adapter, over its file as well. */
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  adapter: z.nullable(adapterSchema),
  architecture: z.string(),
  quantisation: z.string(),
  bitsPerWeight: finite,
  parameters: finite,
  sizeBytes: finite,
  vocabularySize: finite,
  tokenizer: z.string(),
  tokenizerDigest: z.string(),
  addsBos: z.boolean(),
  tokenizerFaults: z.array(z.enum(TOKENIZER_FAULTS)),
  trainedContext: finite,
  device: z.string(),
  /** Kernel of the attention, as `Attention` says; the last digits depend on it. */
  attention: z.enum(["flash", "plain", "auto"]),
  /** Tokens decoded at a time. */
  batch: finite,
  /** llama.cpp release. */
  engineVersion: z.string(),
});

const windowSettingsSchema = z.object({
  mode: z.enum(["strided", "llama.cpp-compatible"]),
  window: finite,
  stride: finite,
  maxWindows: finite,
  /** What stood before every window: BOS, nothing, or EOS. */
  bos: z.enum(BOS_CHOICES),
});

/** One entry per index, tokens in text order; offsets are UTF-16 units, half-open. */
const tokenListSchema = z.object({
  start: z.array(finite),
  endExclusive: z.array(finite),
  id: z.array(finite),
  /** Bits of `TokenFlag`. */
  flags: z.array(finite),
  /** Surprisal; null: not scored. */
  bits: z.array(maybe),
  // What follows is null as a whole where it was not measured.
  /** 1 + entries with a strictly larger logit; null: not scored. */
  rank: z.nullable(z.array(maybe)),
  entropyBits: z.nullable(z.array(maybe)),
  /** Entries with p > 1e-8. */
  coverage: z.nullable(z.array(maybe)),
  /** The most probable entries: id, surprisal in bits, text (control characters as in JSON, half characters as U+FFFD). */
  top: z.nullable(z.array(z.array(z.tuple([finite, finite, z.string()])))),
});

/** What every text was read after, and is not scored; null: nothing. */
export const contextSchema = z.nullable(z.object({ name: z.string(), text: z.string() }));

export const roleNumbersSchema = z.object({
  settings: windowSettingsSchema,
  /** What the model read before every window in place of BOS, control tokens included; null: no prompt. */
  prompt: z.nullable(z.string()),
  /** Every requested token is scored. */
  complete: z.boolean(),
  /** Numbers of tokens: the smallest range that holds every scored one. */
  scoredRange: z.object({ start: finite, endExclusive: finite }),
  tokens: finite,
  scoredTokens: finite,
  /** Characters of the text that the vocabulary has no token for; no number counts them, bytes and words neither. */
  charactersWithoutToken: finite,
  bits: finite,
  perplexity: maybe,
  perplexityError: maybe,
  bitsPerByte: maybe,
  bitsPerWord: maybe,
  // What follows is null as a whole where it was not measured.
  meanEntropyBits: maybe,
  /** Mean C(k), one for each k of `concentrationKs` up to the vocabulary's size. */
  concentration: z.nullable(z.array(maybe)),
  coverage: maybe,
  coveragePercent: maybe,
});

const roleSchema = z.extend(roleNumbersSchema, { tokenList: tokenListSchema });

const intervalSchema = z.object({ value: finite, low: finite, high: finite });

/** Tokens as the base model counts them, where both models tokenize alike; else segments. */
const unitSchema = z.enum(["token", "segment"]);

const measuredAgreementSchema = z.object({
  /** KL(base || RLHF), mean in bits per token. */
  baseFromRlhf: intervalSchema,
  /** KL(RLHF || base), likewise. */
  rlhfFromBase: intervalSchema,
  /** Share of tokens at which both have the same most probable entry, 0 .. 1. */
  sameTop: intervalSchema,
  /** At which the models were compared. */
  tokens: finite,
  /** Mean probability of entries that only this model's vocabulary has, 0 .. 1; null: both have the same. */
  outside: z.nullable(z.object({ base: finite, rlhf: finite })),
});

const notMeasuredSchema = z.object({
  /** The reason, in words. */
  notMeasured: z.string(),
});

const agreementSchema = z.union([measuredAgreementSchema, notMeasuredSchema]);

const overallAgreementSchema = z.union([
  z.extend(measuredAgreementSchema, {
    /** In which the models were compared. */
    files: finite,
    /** As `pairedOver`. */
    over: z.enum(["files", "blocks"]),
  }),
  notMeasuredSchema,
]);

const comparisonSchema = z.object({
  sameTokenizer: z.boolean(),
  /** Both models read the text behind BOS, or both without it. */
  sameBos: z.boolean(),
  /** What `increasePercent` compares. */
  increaseOf: z.enum(["perplexity", "bitsPerByte"]),
  /** Over the common text. */
  increasePercent: maybe,
  /** Mean difference in bits, RLHF minus base, over the common text, with its 95 % block-bootstrap interval. */
  paired: z.nullable(intervalSchema),
  pairedPer: unitSchema,
  /** The text that both models scored. */
  common: z.object({
    segments: finite,
    baseTokens: finite,
    rlhfTokens: finite,
    baseBits: finite,
    rlhfBits: finite,
  }),
  /** Of both models' distributions; absent: nobody asked for it. */
  agreement: z.optional(agreementSchema),
  divergences: z.array(
    z.object({
      start: finite,
      endExclusive: finite,
      bits: finite,
      /** Of the range, cut to 60 characters. */
      text: z.string(),
      /** The words that the range touches, whole and on one line; empty: white space alone. */
      words: z.string(),
      /** In which it begins, from 1. */
      line: finite,
    }),
  ),
});

const textSchema = z.object({
  name: z.string(),
  /** The text itself, which the offsets refer to. */
  text: z.string(),
  utf8Bytes: finite,
  base: z.nullable(roleSchema),
  rlhf: z.nullable(roleSchema),
  comparison: z.nullable(comparisonSchema),
});

export const scoreDocumentSchema = z.object({
  format: z.literal("twinlens-scores"),
  formatVersion: z.literal(2),
  twinlensVersion: z.string(),
  models: z.object({ base: z.nullable(modelSchema), rlhf: z.nullable(modelSchema) }),
  /** What makes the numbers, or their comparison, doubtful, in words. */
  cautions: z.array(z.string()),
  context: contextSchema,
  concentrationKs: z.array(finite),
  files: z.array(textSchema),
  /** Over all files; null with one file or one model. */
  overall: z.nullable(
    z.object({
      /** Mean of the files' increases, per cent. */
      macroIncreasePercent: maybe,
      /** Increase of the pooled perplexities (bits per byte where tokenizers differ), per cent. */
      microIncreasePercent: maybe,
      /** As a file's, over the common text of all. */
      paired: z.nullable(intervalSchema),
      pairedPer: unitSchema,
      /** What the interval's bootstrap draws: whole files, or, of fewer than five, blocks within each. */
      pairedOver: z.enum(["files", "blocks"]),
      /** Over all tokens of the files; absent: nobody asked for it. */
      agreement: z.optional(overallAgreementSchema),
    }),
  ),
});

export type ScoreDocument = z.infer<typeof scoreDocumentSchema>;
export type Context = ScoreDocument["context"];
export type ScoredText = ScoreDocument["files"][number];
export type RoleScores = z.infer<typeof roleSchema>;
export type RoleNumbers = z.infer<typeof roleNumbersSchema>;
export type Comparison = NonNullable<ScoredText["comparison"]>;
/** A text's numbers, without the text, its tokens and spans: what tables show. */
export type TextNumbers = Pick<ScoredText, "name"> &
  Record<Role, RoleNumbers | null> & { comparison: Omit<Comparison, "divergences"> | null };
export type ScoreNumbers = Omit<ScoreDocument, "files"> & { files: TextNumbers[] };
export type AgreementNumbers = z.infer<typeof agreementSchema>;
export type OverallAgreement = z.infer<typeof overallAgreementSchema>;
export type ExportedModelFacts = z.infer<typeof modelSchema>;
