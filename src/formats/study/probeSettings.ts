/** What a study file may say of probes: the texts that they are fitted on, and what they predict from which states. */
import * as z from "zod/mini";
import * as bounds from "../../protocol/bounds";
import { numberWithin, wholeNumber } from "../../protocol/bounds";
import { describe } from "./settings";

/** Every layer's states, or those of the paper's layer alone. */
const PROBED_LAYERS = ["all", "one"] as const;
export type ProbedLayers = (typeof PROBED_LAYERS)[number];

const nucleus = () => numberWithin(bounds.TOP_P);

export const probeSettingsSchema = z.strictObject({
  texts: z.optional(
    describe(
      wholeNumber(bounds.PROBE_TEXTS),
      "Texts that each model writes from a corpus' documents, four from each beginning; those have as many words as own texts go on from.",
    ),
  ),
  samples: z.optional(describe(wholeNumber(bounds.SAMPLES), "Samples of each prompt of a set.")),
  tokens: z.optional(describe(wholeNumber(bounds.MAX_TOKENS), "Tokens of each text, at most.")),
  layers: z.optional(
    describe(
      z.enum(PROBED_LAYERS),
      "Whose states are read: those of all layers, or of the one that the paper reads.",
    ),
  ),
  ahead: z.optional(
    describe(
      z
        .array(wholeNumber(bounds.PROBE_AHEAD))
        .check(z.minLength(1, "at least one number is expected")),
      "How many tokens after the next one the predicted tokens stand; the paper's 1, 2 and 3, and 0 as a check.",
    ),
  ),
  topP: z.optional(
    describe(
      z.strictObject({ base: z.optional(nucleus()), rlhf: z.optional(nucleus()) }),
      "The nucleus that each model writes from; that of samples unless named.",
    ),
  ),
});
