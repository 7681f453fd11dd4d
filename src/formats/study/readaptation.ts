/** What a study keeps of re-adaptation: how each model came to predict a corpus while it was trained on it. */
import * as z from "zod/mini";
import { TRAINED_WEIGHTS } from "./readaptationSettings";

const count = z.int().check(z.gte(0));

/** Mean losses of the held-out parts, nats per predicted token. */
const pointSchema = z.object({ step: count, choose: z.number(), report: z.number() });

/** One model's training on a corpus. */
export const adaptedSchema = z.object({
  stage: z.string(),
  weights: z.enum(TRAINED_WEIGHTS),
  /** Of the adapter; null: all weights were trained. */
  rank: z.nullable(count),
  alpha: z.nullable(z.number()),
  /** Of AdamW. */
  learningRate: z.number(),
  weightDecay: z.number(),
  steps: count,
  windowsPerStep: count,
  /** Tokens that a window predicts, at most. */
  window: count,
  /** Steps between two measurements. */
  interval: count,
  /** Of parts, the order of pieces, and an adapter's first values. */
  seed: count,
  /** That were predicted in all, times they were. */
  tokens: count,
  /** Passes over the part that trains. */
  epochs: z.number(),
  /** Of each step's windows before it, nats per predicted token. */
  trainLoss: z.array(z.number()),
  /** From step 0 on. */
  curve: z.array(pointSchema),
  /** Which loses least on the part that chooses; 0: the model as it was. */
  chosenStep: count,
  /** Of the part that reports, by document: predicted tokens, and what they lose, nats. */
  report: z.object({
    tokens: z.array(count),
    before: z.array(z.number()),
    after: z.array(z.number()),
  }),
  /** Name of the file with the chosen step's weights, in the folder of the study's adapters; null: none is kept. */
  file: z.nullable(z.string()),
});

export const readaptationSchema = z.object({
  /** Documents by what they are for. */
  documents: z.object({ train: count, choose: count, report: count }),
  trainings: z.array(adaptedSchema),
});

export type Adapted = z.infer<typeof adaptedSchema>;
export type Readaptation = z.infer<typeof readaptationSchema>;
