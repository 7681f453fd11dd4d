import * as z from "zod/mini";
import * as bounds from "../../protocol/bounds";
import { numberWithin, wholeNumber } from "../../protocol/bounds";
import { describe } from "./settings";

const rate = () => numberWithin(bounds.ADAPT_LEARNING_RATE);

/** What a study file may say of an adapter and of AdamW, wherever a measure trains. */
export const trainingFields = () => ({
  rank: z.optional(describe(wholeNumber(bounds.ADAPT_RANK), "Rank of the adapter.")),
  alpha: z.optional(
    describe(numberWithin(bounds.ADAPT_ALPHA), "The adapter counts alpha / rank times."),
  ),
  learningRate: z.optional(
    describe(
      z.strictObject({ lora: z.optional(rate()), all: z.optional(rate()) }),
      "The rate of AdamW, the same at each step.",
    ),
  ),
});
