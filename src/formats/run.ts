/** The file of one run, `*.twinlens.json`: a prompt's samples from a base model and its RLHF twin, and their anchors. */
import * as z from "zod/mini";
import { BINS } from "../analysis/samples/positionCurve";
import { anchorOptionsSchema } from "../protocol/anchorOptions";
import * as bounds from "../protocol/bounds";
import { isWithin, numberWithin, range, wholeNumber } from "../protocol/bounds";
import { ngramViewSchema } from "../protocol/ngramView";
import { adapterSchema } from "./adapter";

/** Raised with every change of the schema; `runMigrations.ts` brings older files up to it. */
export const RUN_VERSION = 4;

const count = z.int().check(z.gte(0));

const samplerSchema = z.object({
  temperature: numberWithin(bounds.TEMPERATURE),
  topK: wholeNumber(bounds.TOP_K),
  topP: numberWithin(bounds.TOP_P),
  minP: numberWithin(bounds.MIN_P),
});

/** Columns of one table. */
const areOfOneLength = (columns: Readonly<Record<string, readonly unknown[]>>) =>
  new Set(Object.values(columns).map(({ length }) => length)).size === 1;
const ONE_LENGTH = "columns of one length are expected";

/** One entry per token of a sample. */
const tokensSchema = z
  .object({
    ids: z.array(z.int()),
    /** Code points of the text before each token. */
    starts: z.array(count),
    /** ln p under the plain softmax, nats. */
    logProbabilities: z.array(z.number()),
    /** Nats. */
    entropies: z.array(z.number()),
  })
  .check(z.refine(areOfOneLength, ONE_LENGTH));

/** A sample as a model cuts and scores it, whoever drew it; one entry per token. */
const scoredSchema = z
  .object({
    /** Code points of the text before each token. */
    starts: z.array(count),
    /** ln p under the plain softmax after the model's own form of the prompt, nats. */
    logProbabilities: z.array(z.number()),
  })
  .check(z.refine(areOfOneLength, ONE_LENGTH));

export const sampleSchema = z.object({
  index: wholeNumber({ least: 0, most: bounds.IMPORTED_SAMPLES.most - 1 }),
  /** How it ended; null: imported, so unknown. */
  ended: z.nullable(z.enum(["end", "length"])),
  text: z.string(),
  /** As the model that drew it computed them then; null: no model here did. */
  tokens: z.nullable(tokensSchema),
  /** Under the models of the pair; null: not scored. */
  scored: z.object({ base: z.nullable(scoredSchema), rlhf: z.nullable(scoredSchema) }),
});

const alignmentSchema = z.object({
  columns: count,
  hitBudget: z.boolean(),
  /** Run lengths of each sample's row: gap, characters, gap, characters, … in the samples' order. */
  rows: z.array(z.array(count)),
});

/** Curves over 100 positions, 0 .. 1, `[draw][position]`. */
const drawnCurves = z
  .array(z.array(z.number().check(z.gte(0), z.lte(1))).check(z.length(BINS)))
  .check(z.minLength(1));

/** Pseudo-runs that show what overlap is by chance, each measured as the run is. */
const chanceSchema = z
  .object({
    /** The sentences of all samples, shuffled between the samples. */
    kind: z.literal("sentences"),
    seed: count,
    overlap: drawnCurves,
    alignedShare: drawnCurves,
  })
  .check(
    z.refine(
      ({ overlap, alignedShare }) => overlap.length === alignedShare.length,
      "as many curves of the one as of the other are expected",
    ),
  );

const anchorsSchema = z.object({
  options: anchorOptionsSchema,
  spans: z.array(
    z.object({
      text: z.string(),
      column: count,
      /** Place of the sample in `samples`, and code points before the span in its text. */
      occurrences: z.array(z.tuple([count, count])),
    }),
  ),
});

const modelSchema = z.object({
  name: z.string(),
  path: z.string(),
  /** Of the file, and its adapter's; null until it is known. */
  sha256: z.nullable(z.string()),
  /** Not there: none. */
  adapter: z.optional(adapterSchema),
  quantisation: z.string(),
  engineVersion: z.string(),
});

/** Who drew or wrote samples. It says nothing of who scores them: that are the two models of the pair, by their roles. */
const sourceSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("model"),
    /** The model's role in the pair that scores; null: a model beside the pair, tuned otherwise. */
    role: z.nullable(z.enum(["base", "rlhf"])),
    model: modelSchema,
    /** Exactly as the model got it, the chat template's words included. */
    prompt: z.string(),
    /** What the user's prompt was put into, `{prompt}` standing for it; null: into the model's chat template. */
    frame: z.nullable(z.string()),
    sampler: samplerSchema,
  }),
  /** Samples from elsewhere: nobody here knows who made them. */
  z.object({
    kind: z.literal("file"),
    name: z.string(),
    /** Which of the file's samples, by stage of training and model; not there: all. */
    of: z.optional(z.string()),
  }),
]);

/** A model of the pair that has scored samples. */
const scorerSchema = z.object({
  model: modelSchema,
  /** Exactly as the model got it before each sample. */
  prompt: z.string(),
});

/** Samples that a panel shows on one side, and what was found in them. */
const sideSchema = z.object({
  source: sourceSchema,
  samples: z
    .array(sampleSchema)
    .check(
      z.refine(
        (samples) => new Set(samples.map(({ index }) => index)).size === samples.length,
        "samples of different numbers are expected",
      ),
    ),
  alignment: z.nullable(alignmentSchema),
  /** A second alignment, by MAFFT; null: none. */
  mafft: z.nullable(alignmentSchema),
  anchors: z.nullable(anchorsSchema),
  /** null: not counted in tokens. */
  ngrams: z.nullable(ngramViewSchema),
  /** Not there: not looked for yet, or there are too few samples or sentences. */
  chance: z.optional(chanceSchema),
});

/** What is told of a recorded run to whoever opens it. */
const aboutSchema = z.object({
  /** What it shows, and how it was chosen. */
  text: z.string(),
  /** Where its samples come from. */
  source: z.string(),
  /** Under which its samples may be passed on. */
  licence: z.string(),
});

export const runSchema = z.object({
  format: z.literal("twinlens-run"),
  version: z.literal(RUN_VERSION),
  name: z.string(),
  /** ISO 8601. */
  created: z.string(),
  /** null: nothing more is told of it than the samples' sources. */
  about: z.nullable(aboutSchema),
  /** As the user wrote it. */
  prompt: z.string(),
  settings: z
    .object({
      samples: wholeNumber(bounds.IMPORTED_SAMPLES),
      seed: wholeNumber(bounds.SEED),
      /** null: samples from elsewhere. */
      maxTokens: z.nullable(wholeNumber(bounds.MAX_TOKENS)),
      /** Drawn in more than one go. */
      resumed: z.boolean(),
    })
    .check(
      z.refine(
        ({ samples, maxTokens }) => maxTokens === null || isWithin(bounds.SAMPLES, samples),
        {
          path: ["samples"],
          error: () => `a whole number from ${range(bounds.SAMPLES)} is expected`,
        },
      ),
    ),
  /** Who has scored, by role: a run is scored by one pair. null: nobody yet, or a version before 3 did not say. */
  scorers: z.object({ base: z.nullable(scorerSchema), rlhf: z.nullable(scorerSchema) }),
  /** The samples of the RLHF model, or those that stand in its place. */
  rlhf: z.nullable(sideSchema),
  /** The samples of the base model, or those that stand in its place. */
  base: z.nullable(sideSchema),
});

export type Run = z.infer<typeof runSchema>;
export type RunSide = z.infer<typeof sideSchema>;
export type Source = z.infer<typeof sourceSchema>;
export type RunModel = z.infer<typeof modelSchema>;
export type RunSample = z.infer<typeof sampleSchema>;

/** As a model is named where it has to be told from others: `Name (Q8_0)`. */
export function modelTitle({ name, quantisation }: RunModel): string {
  return `${name} (${quantisation})`;
}

/** Of a sample that no model has scored. */
export const NOT_SCORED: RunSample["scored"] = { base: null, rlhf: null };

/** A model that has drawn samples, and how. */
export type ModelSource = Extract<Source, { readonly kind: "model" }>;

/** How the samples of one side were drawn; null: there are none, or no model here drew them. */
export function modelSource(side: RunSide | null): ModelSource | null {
  return side?.source.kind === "model" ? side.source : null;
}

/** The prompt exactly as the model got it, or as it was written where no model here did. */
export function promptSent(run: Run, side: RunSide): string {
  return modelSource(side)?.prompt ?? run.prompt;
}

/** Samples in which nothing has been found yet, or in which others stand now than when something was. */
export function bareSide({ source, samples }: Pick<RunSide, "source" | "samples">): RunSide {
  return { source, samples, alignment: null, mafft: null, anchors: null, ngrams: null };
}
