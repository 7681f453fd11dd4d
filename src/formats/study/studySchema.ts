/** What a study file may say: pairs of models, corpora, and what is measured of them. */
import * as z from "zod/mini";
import * as bounds from "../../protocol/bounds";
import { numberWithin, wholeNumber } from "../../protocol/bounds";
import { BOS_CHOICES } from "../../protocol/scores";
import { probeSettingsSchema } from "./probeSettings";
import { readaptationSettingsSchema } from "./readaptationSettings";
import { promptSetSchema, recordedSchema, samplesSchema } from "./sampleSchemas";
import { describe, name, path } from "./settings";
import { tradeoffSettingsSchema } from "./tradeoffSettings";

/** Categories of corpora, as in Figure 2A of the paper, in its order. */
export const CATEGORIES = ["pretraining", "new corpus", "instruction", "chat", "other"] as const;
export type Category = (typeof CATEGORIES)[number];

/**
 * How a record becomes a document (docs/definitions.md, "Corpora"). `text` takes one column; `hh` a dialogue with a chosen
 * and a rejected reply, as Anthropic's HH, or any record with both; `oasst` the main thread of an OASST message tree;
 * `conversation` a list of messages, of ShareGPT's turns, or of LIMA's texts; `instruction` a request and its answer, as
 * Alpaca, Dolly and Self-Instruct; `vicuna` the user's turns alone. `auto`: the first of these that at least half of a
 * file's first records have, else `text`.
 */
export const RENDERINGS = [
  "auto",
  "text",
  "hh",
  "oasst",
  "conversation",
  "instruction",
  "vicuna",
] as const;
export type Rendering = (typeof RENDERINGS)[number];

/** What can be measured, in the order of results. */
export const MEASURES = [
  "perplexity",
  "concentration",
  "calibration",
  "own",
  "shannon",
  "samples",
  "probes",
  "readaptation",
  "tradeoff",
] as const;
export type Measure = (typeof MEASURES)[number];

const pairSchema = z.strictObject({
  name: describe(name(), "How figures call the pair."),
  base: describe(
    path(),
    "GGUF file of the base model; relative paths count from this file's folder.",
  ),
  rlhf: describe(path(), "GGUF file of its RLHF twin."),
  stages: z.optional(
    describe(
      z.record(name(), path()),
      "Other models tuned from the base, such as sft: each is compared with the base like the RLHF twin.",
    ),
  ),
  adapters: z.optional(
    describe(
      z.record(name(), path()),
      "GGUF files of LoRA adapters that are added to weights, by whose they are: base, rlhf, or one of stages.",
    ),
  ),
});

const corpusSchema = z.strictObject({
  name: describe(name(), "How figures call the corpus."),
  category: z._default(
    describe(
      z.enum(CATEGORIES),
      "Corpora of a category stand together; its mean is that of its corpora.",
    ),
    "other",
  ),
  paths: describe(
    z.union([path(), z.array(path()).check(z.minLength(1, "at least one path is expected"))]),
    "Files, folders or globs: .txt, .md, .jsonl, .json, .csv, .tsv or .parquet, plain or as .gz or .zst.",
  ),
  standsFor: z.optional(
    describe(name(), "The paper's corpus in whose place this one stands; figures say so."),
  ),
  column: z.optional(
    describe(name(), "The field that holds the text; without it, it is guessed and said."),
  ),
  rendering: z._default(
    describe(z.enum(RENDERINGS), "How a record becomes a text; auto: as its shape says."),
    "auto",
  ),
  side: z._default(
    describe(z.enum(["chosen", "rejected"]), "Which of two replies is read."),
    "chosen",
  ),
  part: z._default(
    describe(
      z.enum(["dialogue", "reply"]),
      "Of a conversation: all of it, or the assistant's last reply alone.",
    ),
    "dialogue",
  ),
  lines: z._default(
    describe(z.boolean(), "Every line of a text file is a document of its own."),
    false,
  ),
  encoding: z.optional(
    describe(name(), "Of text files, where it is not UTF-8 or UTF-16 with a byte order mark."),
  ),
  limits: z.optional(describe(limits(), "Limits of this corpus alone.")),
});

function limits() {
  return z.strictObject({
    documents: z.optional(
      describe(
        wholeNumber(bounds.STUDY_DOCUMENTS),
        "Documents that are read at most: the first ones.",
      ),
    ),
    bytes: z.optional(
      describe(
        wholeNumber(bounds.STUDY_BYTES),
        "UTF-8 bytes of text: no document begins after so many.",
      ),
    ),
    recordBytes: z.optional(
      describe(wholeNumber(bounds.RECORD_BYTES), "Longer records are skipped, and named."),
    ),
  });
}

const windowsSchema = z.strictObject({
  mode: z.optional(z.enum(["strided", "llama.cpp-compatible"])),
  window: z.optional(describe(wholeNumber(bounds.WINDOW), "Tokens a window holds.")),
  stride: z.optional(
    describe(wholeNumber(bounds.STRIDE), "Tokens that every later window scores."),
  ),
  bos: z.optional(z.enum(BOS_CHOICES)),
});

const ownSchema = z.strictObject({
  prefixes: z.optional(
    describe(wholeNumber(bounds.STUDY_PREFIXES), "Documents of each corpus that are continued."),
  ),
  prefixWords: z.optional(
    describe(wholeNumber(bounds.PREFIX_WORDS), "Words of a document that are given."),
  ),
  tokens: z.optional(describe(wholeNumber(bounds.MAX_TOKENS), "Tokens that are drawn.")),
  topP: z.optional(describe(numberWithin(bounds.TOP_P), "The nucleus that is drawn from.")),
});

/** Settings that a preset fills in. */
export const PRESETS = ["quick", "paper"] as const;
export type Preset = (typeof PRESETS)[number];

export const studySchema = z.strictObject({
  $schema: z.optional(z.string()),
  version: z.literal(1),
  preset: z._default(
    describe(
      z.enum(PRESETS),
      "Fills in what is left out: quick takes minutes, paper goes as far as the paper.",
    ),
    "quick",
  ),
  pairs: z.optional(
    describe(
      z.array(pairSchema).check(z.minLength(1, "at least one pair is expected")),
      "Pairs, side by side in the figures; without them, the embedded pair.",
    ),
  ),
  corpora: z._default(
    describe(z.array(corpusSchema), "Texts that the models are measured on."),
    [],
  ),
  passages: z._default(
    describe(
      z.array(corpusSchema),
      "Texts whose last word the models guess (shannon), such as LAMBADA; read as corpora are.",
    ),
    [],
  ),
  prompts: z._default(
    describe(z.array(promptSetSchema), "Prompts that both models draw samples of."),
    [],
  ),
  recorded: z._default(
    describe(
      z.array(recordedSchema),
      "Samples from elsewhere, measured as those that the models draw.",
    ),
    [],
  ),
  measures: z.optional(
    describe(
      z.array(z.enum(MEASURES)).check(z.minLength(1, "at least one measure is expected")),
      "What is measured; without it all but readaptation and tradeoff, which train, or with the preset quick all but these and probes.",
    ),
  ),
  windows: z.optional(describe(windowsSchema, "How texts are cut into windows.")),
  own: z.optional(describe(ownSchema, "The texts that the models write themselves.")),
  samples: z.optional(describe(samplesSchema, "How samples of prompts are drawn.")),
  probes: z.optional(
    describe(probeSettingsSchema, "How hidden states are probed for what the models write next."),
  ),
  readaptation: z.optional(
    describe(readaptationSettingsSchema, "How models are trained on each corpus."),
  ),
  tradeoff: z.optional(
    describe(
      tradeoffSettingsSchema,
      "How the base model is trained on its own samples, round by round, and what is measured meanwhile.",
    ),
  ),
  seed: z._default(describe(wholeNumber(bounds.SEED), "Of all that is drawn."), 1),
  limits: z.optional(describe(limits(), "Limits of every corpus.")),
});

export type StudyFile = z.infer<typeof studySchema>;
export type StudyCorpus = z.infer<typeof corpusSchema>;
