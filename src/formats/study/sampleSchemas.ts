/** What a study file may say of samples: prompts to draw them of, samples from elsewhere, and how they are drawn. */
import * as z from "zod/mini";
import * as bounds from "../../protocol/bounds";
import { numberWithin, wholeNumber } from "../../protocol/bounds";
import { describe, name, path } from "./settings";

const mostPrompts = () =>
  z.optional(
    describe(wholeNumber(bounds.PROMPTS), "Prompts that are taken at most: the first ones."),
  );

const nucleus = () => numberWithin(bounds.TOP_P);

const frame = () =>
  z
    .string()
    .check(
      z.includes("{prompt}", "a text with {prompt} in it, where the prompt goes, is expected"),
    );

export const promptSetSchema = z.strictObject({
  name: describe(name(), "How figures call the prompts."),
  path: describe(
    path(),
    "Prompts, one a line or in the records of many programs; relative to this file's folder.",
  ),
  kind: z.optional(
    describe(name(), "The field that says of what kind a prompt is, such as category."),
  ),
  prompts: mostPrompts(),
});

export const recordedSchema = z.strictObject({
  name: describe(name(), "How figures call the samples."),
  path: describe(
    path(),
    "Samples that other programs have written, as twinlens anchors reads them.",
  ),
  base: z.optional(
    describe(name(), "The stage or model, as the file calls it, that stands for base."),
  ),
  rlhf: z.optional(describe(name(), "The stage or model that stands for RLHF.")),
  prompts: mostPrompts(),
  encoding: z.optional(describe(name(), "Where it is not UTF-8 or UTF-16 with a byte order mark.")),
});

export const samplesSchema = z.strictObject({
  samples: z.optional(describe(wholeNumber(bounds.SAMPLES), "Samples of each prompt.")),
  tokens: z.optional(describe(wholeNumber(bounds.MAX_TOKENS), "Tokens of a sample, at most.")),
  topP: z.optional(
    describe(
      z.strictObject({ base: z.optional(nucleus()), rlhf: z.optional(nucleus()) }),
      "The nucleus of each model in all figures but those over several; the paper's 0.7 and 0.9.",
    ),
  ),
  sweep: z.optional(
    describe(z.array(nucleus()), "Nuclei at which the diversity of both models is measured."),
  ),
  match: z.optional(
    describe(
      z.boolean(),
      "Search the nucleus at which base is as diverse as RLHF, and measure everything there too.",
    ),
  ),
  chance: z.optional(
    describe(
      z.boolean(),
      "Find what overlap is by chance: twenty alignments more, of each prompt where there are few; true by default.",
    ),
  ),
  seeds: z.optional(
    describe(
      z.array(wholeNumber(bounds.SEED)),
      "Further seeds with which both models draw, for the spread.",
    ),
  ),
  frames: z.optional(
    describe(
      z.record(name(), frame()),
      "Texts around the base model's prompt, such as an instruction or examples; each is a control.",
    ),
  ),
});
