/** What a study keeps of samples: who drew them, and what was found in those of each prompt. */
import * as z from "zod/mini";

const count = z.int().check(z.gte(0));
const share = z.number().check(z.gte(0), z.lte(1));

/** At 100 positions of the aligned samples; null: no column is kept. */
const curve = z.nullable(z.array(share));

/** A model and a way of drawing, or samples from elsewhere in a model's place. */
export const writerSchema = z.object({
  /** Of its own within a cell, in words: `base, p 0.7`. */
  key: z.string(),
  stage: z.string(),
  /** What it is measured for: the comparison itself, diversity by nucleus, the search for equal diversity, or a control. */
  purpose: z.enum(["compared", "sweep", "search", "frame", "stage", "seed"]),
  /** null: samples from elsewhere. */
  topP: z.nullable(z.number()),
  seed: z.nullable(count),
  /** Of a sample. */
  maxTokens: z.nullable(count),
  /** What stands around the base model's prompt, `{prompt}` in its place; null: nothing, or the chat template. */
  frame: z.nullable(z.object({ name: z.string(), text: z.string() })),
});

export const studyPromptSchema = z.object({
  text: z.string(),
  kind: z.nullable(z.string()),
  /** The file of its run within the study's folder of runs; null: none is kept. */
  run: z.nullable(z.string()),
});

const anchorSchema = z.object({
  text: z.string(),
  /** Samples that have it / all. */
  share,
  /** Where its middle lies among the kept columns, 0 .. 1. */
  middle: z.nullable(share),
  /** Mean bits under each model after its own form of the prompt; null: not scored. */
  bits: z.object({ base: z.nullable(z.number()), rlhf: z.nullable(z.number()) }),
});

/** What was found in one writer's samples of one prompt. */
export const promptSamplesSchema = z.object({
  writer: z.string(),
  /** Its number among the cell's prompts, from 0 on. */
  prompt: count,
  samples: count,
  /** Of those that overlap and n-grams are of, where the other writer has fewer. */
  compared: count,
  /** What n-grams are of. */
  unit: z.enum(["tokens", "words"]),
  /** Different n-grams / all, n = 1 .. 4; null: every sample is shorter. */
  diversity: z.array(z.nullable(share)),
  /** Samples that contain the most common n-gram, n = 5, 10, 25, 50. */
  sharing: z.array(count),
  /** 10-grams that are in exactly so many samples, `[samples]`, from 0 on. */
  tenGrams: z.array(count),
  overlap: curve,
  alignedShare: curve,
  /** Share of samples in an anchor, whatever the limit of anchors. */
  anchorShare: curve,
  /** Mean entropy; null where no token begins, or where nothing is known of tokens. */
  entropyBits: z.nullable(z.array(z.nullable(z.number()))),
  anchors: z.array(anchorSchema),
  /** The bits of its anchors are as final as they get. */
  isScored: z.boolean(),
});

const meanCurveSchema = z.object({
  mean: z.array(z.number()),
  low: z.nullable(z.array(z.number())),
  high: z.nullable(z.array(z.number())),
  all: z.object({
    value: z.number(),
    low: z.nullable(z.number()),
    high: z.nullable(z.number()),
  }),
});

/** What overlap of a writer's samples is by chance; null: there is no such level. */
export const chanceLevelSchema = z.nullable(
  z.object({
    kind: z.enum(["sentences", "prompts"]),
    draws: count,
    seed: count,
    overlap: meanCurveSchema,
    alignedShare: meanCurveSchema,
  }),
);

export type Writer = z.infer<typeof writerSchema>;

export type PromptSamples = z.infer<typeof promptSamplesSchema>;
export type StudyAnchor = z.infer<typeof anchorSchema>;
export type ChanceLevel = z.infer<typeof chanceLevelSchema>;
