import * as z from "zod/mini";

const count = z.int().check(z.gte(0));
const share = z.number().check(z.gte(0), z.lte(1));

/** What samples share piece by piece (docs/definitions.md, "n-grams"). */
export const ngramViewSchema = z.object({
  /** What is counted: the base model's tokens, for both models, or words where no model is available. */
  unit: z.enum(["tokens", "words"]),
  /** The n-gram that most samples contain, and in how many of them it is, by n. */
  shared: z.array(z.object({ n: count, samples: count, text: z.string() })),
  /** How many 10-grams are in exactly so many samples, `[samples]`, from 0 on. */
  tenGrams: z.array(count),
  /** Different n-grams / all, by n from 1 on; null: every sample is shorter. */
  diversity: z.array(z.nullable(share)),
});

export type NgramView = z.infer<typeof ngramViewSchema>;
