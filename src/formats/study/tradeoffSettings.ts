/** What a study file may say of the trade-off in motion: which of its own samples a model is trained on, and what is measured. */
import * as z from "zod/mini";
import * as bounds from "../../protocol/bounds";
import { numberWithin, wholeNumber } from "../../protocol/bounds";
import { TRAINED_WEIGHTS } from "./readaptationSettings";
import { describe, path } from "./settings";
import { trainingFields } from "./trainingFields";

/** What prefers one sample to another: its length, what the RLHF twin makes of it, that less what base does, or a judge's answer. */
export const SCORERS = ["length", "rlhf", "advantage", "judge"] as const;
export type Scorer = (typeof SCORERS)[number];

const judgeSchema = z.strictObject({
  model: describe(
    path(),
    "GGUF file of the model that judges; relative paths count from this file's folder.",
  ),
  question: z.optional(
    describe(
      z
        .string()
        .check(
          z.includes("{reply}", "a text with {reply} in it, where the sample goes, is expected"),
        ),
      "What it is asked, {prompt} and {reply} standing for a prompt and its sample; the answer is Yes or No.",
    ),
  ),
});

export const tradeoffSettingsSchema = z.strictObject({
  scorer: z.optional(
    describe(
      z.enum(SCORERS),
      "What is preferred: length, the longest; rlhf, what the RLHF twin finds most probable; advantage, what it finds more probable than base; judge, by a model's answer. Without it, rlhf.",
    ),
  ),
  judge: z.optional(describe(judgeSchema, "Of the scorer judge.")),
  rounds: z.optional(describe(wholeNumber(bounds.TRADEOFF_ROUNDS), "Rounds of training.")),
  bestOf: z.optional(
    describe(
      wholeNumber(bounds.BEST_OF),
      "Samples of each training prompt, of which the best is trained on; 1, a control: whichever is drawn.",
    ),
  ),
  trainPrompts: z.optional(
    describe(wholeNumber(bounds.PROMPTS), "Prompts whose samples a round trains on."),
  ),
  measuredPrompts: z.optional(
    describe(
      wholeNumber(bounds.PROMPTS),
      "Prompts that are never trained on, half of all at most: samples of these are measured.",
    ),
  ),
  samples: z.optional(
    describe(wholeNumber(bounds.SAMPLES), "Samples of each measured prompt, in every round."),
  ),
  tokens: z.optional(describe(wholeNumber(bounds.MAX_TOKENS), "Tokens of a sample, at most.")),
  topP: z.optional(
    describe(numberWithin(bounds.TOP_P), "The nucleus that all samples are drawn from."),
  ),
  documents: z.optional(
    describe(
      wholeNumber(bounds.HELD_OUT_DOCUMENTS),
      "Documents of each corpus whose losses are measured, within its limits: the first ones.",
    ),
  ),
  epochs: z.optional(
    describe(wholeNumber(bounds.TRADEOFF_EPOCHS), "Passes over what a round trains on."),
  ),
  weights: z.optional(
    describe(
      z.enum(TRAINED_WEIGHTS),
      "What is trained: lora, an adapter, or all weights; without it all of small models, else lora.",
    ),
  ),
  windowsPerStep: z.optional(
    describe(wholeNumber(bounds.ADAPT_WINDOWS_PER_STEP), "Windows whose loss a step descends."),
  ),
  window: z.optional(
    describe(
      wholeNumber(bounds.ADAPT_WINDOW),
      "Tokens that a window of training holds, at most; a prompt and its sample have to fit.",
    ),
  ),
  ...trainingFields(),
});
