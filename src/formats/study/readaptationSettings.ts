/** What a study file may say of re-adaptation: what is trained of each model, and how. */
import * as z from "zod/mini";
import * as bounds from "../../protocol/bounds";
import { wholeNumber } from "../../protocol/bounds";
import { describe } from "./settings";
import { trainingFields } from "./trainingFields";

/** A low-rank adapter, or all weights. */
export const TRAINED_WEIGHTS = ["lora", "all"] as const;
export type TrainedWeightsKind = (typeof TRAINED_WEIGHTS)[number];

export const readaptationSettingsSchema = z.strictObject({
  weights: z.optional(
    describe(
      z
        .array(z.enum(TRAINED_WEIGHTS))
        .check(z.minLength(1, "at least one kind of weights is expected")),
      "What is trained: lora, an adapter, or all weights, each by itself; without it lora, and of small models all as well.",
    ),
  ),
  steps: z.optional(describe(wholeNumber(bounds.ADAPT_STEPS), "Steps of each training.")),
  windowsPerStep: z.optional(
    describe(wholeNumber(bounds.ADAPT_WINDOWS_PER_STEP), "Windows whose loss a step descends."),
  ),
  window: z.optional(
    describe(wholeNumber(bounds.ADAPT_WINDOW), "Tokens that a window predicts, at most."),
  ),
  interval: z.optional(
    describe(wholeNumber(bounds.ADAPT_STEPS), "Steps between two measurements."),
  ),
  ...trainingFields(),
});
