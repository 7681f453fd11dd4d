/** The file of one run, `*.twinlens.json`: a prompt's samples from a base model and its RLHF twin, and their anchors. */
import * as z from "zod/mini";
import * as bounds from "./bounds";
import { isWithin, numberWithin, range, wholeNumber } from "./bounds";

/** Raised with every change of the schema; {@link MIGRATIONS} bring older files up to it. */
export const RUN_VERSION = 2;

const share = z.number().check(z.gte(0), z.lte(1));
const count = z.int().check(z.gte(0));

/** Which anchors are looked for (docs/definitions.md, "Anchor spans"); the panel's sliders. */
export const anchorOptionsSchema = z.object({
  /** Code points. */
  minLength: wholeNumber(bounds.ANCHOR_LENGTH),
  /** Share of the generations that must have a span, 0 .. 1. */
  minShare: share,
  limit: wholeNumber(bounds.ANCHORS),
  order: z.enum(["frequency", "mass"]),
});

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

/** A sample as a model that did not draw it cuts and scores it; one entry per token. */
const scoredSchema = z
  .object({
    /** Code points of the text before each token. */
    starts: z.array(count),
    /** ln p under the plain softmax after the model's own form of the prompt, nats. */
    logProbabilities: z.array(z.number()),
  })
  .check(z.refine(areOfOneLength, ONE_LENGTH));

const sampleSchema = z.object({
  index: wholeNumber({ least: 0, most: bounds.IMPORTED_SAMPLES.most - 1 }),
  /** How it ended; null: imported, so unknown. */
  ended: z.nullable(z.enum(["end", "length"])),
  text: z.string(),
  /** null: imported and not scored. */
  tokens: z.nullable(tokensSchema),
  /** Under models that did not draw it; null: not scored. */
  scored: z.object({ base: z.nullable(scoredSchema), rlhf: z.nullable(scoredSchema) }),
});

/** What samples share piece by piece (docs/definitions.md, "n-grams"). */
const ngramsSchema = z.object({
  /** What is counted: the base model's tokens, for both models, or words where no model is available. */
  unit: z.enum(["tokens", "words"]),
  /** The n-gram that most samples contain, and in how many of them it is, by n. */
  shared: z.array(z.object({ n: count, samples: count, text: z.string() })),
  /** How many 10-grams are in exactly so many samples, `[samples]`, from 0 on. */
  tenGrams: z.array(count),
  /** Different n-grams / all, by n from 1 on; null: every sample is shorter. */
  diversity: z.array(z.nullable(share)),
});

const alignmentSchema = z.object({
  columns: count,
  hitBudget: z.boolean(),
  /** Run lengths of each sample's row: gap, characters, gap, characters, … in the samples' order. */
  rows: z.array(z.array(count)),
});

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

const roleRunSchema = z.object({
  /** null: samples from elsewhere. */
  model: z.nullable(
    z.object({
      name: z.string(),
      path: z.string(),
      /** Of the file; null until it is known. */
      sha256: z.nullable(z.string()),
      quantisation: z.string(),
      engineVersion: z.string(),
    }),
  ),
  /** Exactly as the model got it, the chat template's words included. */
  prompt: z.string(),
  sampler: z.nullable(samplerSchema),
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
  ngrams: z.nullable(ngramsSchema),
});

export const runSchema = z.object({
  format: z.literal("twinlens-run"),
  version: z.literal(RUN_VERSION),
  name: z.string(),
  /** ISO 8601. */
  created: z.string(),
  /** As the user wrote it. */
  prompt: z.string(),
  settings: z
    .object({
      samples: wholeNumber(bounds.IMPORTED_SAMPLES),
      seed: wholeNumber(bounds.SEED),
      /** Sequences decoded together; null: samples from elsewhere, or nothing is drawn yet. */
      width: z.nullable(wholeNumber(bounds.WIDTH)),
      /** null: samples from elsewhere. */
      maxTokens: z.nullable(wholeNumber(bounds.MAX_TOKENS)),
      /** Drawn in more than one go, so that the same settings need not give the same samples. */
      resumed: z.boolean(),
    })
    .check(
      z.refine(
        ({ samples, maxTokens }) => maxTokens === null || isWithin(bounds.SAMPLES, samples),
        { path: ["samples"], error: `a whole number from ${range(bounds.SAMPLES)} is expected` },
      ),
    ),
  rlhf: z.nullable(roleRunSchema),
  base: z.nullable(roleRunSchema),
});

export type AnchorOptions = Readonly<z.infer<typeof anchorOptionsSchema>>;
export type Run = z.infer<typeof runSchema>;
export type RoleRun = z.infer<typeof roleRunSchema>;
export type RunSample = z.infer<typeof sampleSchema>;
export type NgramView = z.infer<typeof ngramsSchema>;

/** A file that is no run, or no run of a version this program reads; the message says which. */
export class RunFileError extends Error {
  override readonly name = "RunFileError";

  constructor(
    message: string,
    /** The file is not damaged: a newer Twinlens has written it. */
    readonly isNewer = false,
  ) {
    super(message);
  }
}

/** `MIGRATIONS[v - 1]` turns a document of version v into one of version v + 1. */
const MIGRATIONS: readonly ((document: object) => object)[] = [addScores];

/** Version 2 keeps scores under the other model, a second alignment, and n-grams of tokens. */
function addScores(document: object): object {
  const fields = { ...document } as Record<string, unknown>;
  for (const role of ["rlhf", "base"]) {
    const ofRole = fields[role];
    if (!isNested(ofRole) || !("samples" in ofRole) || !Array.isArray(ofRole.samples)) continue;
    const samples = ofRole.samples.map((sample: unknown) =>
      isNested(sample) ? { ...sample, scored: NOT_SCORED } : sample,
    );
    fields[role] = { ...ofRole, samples, mafft: null, ngrams: null };
  }
  return { ...fields, version: 2 };
}

/** Of a sample that no other model has scored. */
export const NOT_SCORED: RunSample["scored"] = { base: null, rlhf: null };

const headSchema = z.looseObject({
  format: z.literal("twinlens-run"),
  version: z.int().check(z.gte(1)),
});

/** Reads a run file of this version or an older one. @throws RunFileError */
export function parseRun(text: string): Run {
  const head = headSchema.safeParse(parseJson(text));
  if (!head.success) throw new RunFileError("This is not a Twinlens run.");
  const { version } = head.data;
  if (version > RUN_VERSION) {
    throw new RunFileError(`Version ${version} of this run needs a newer Twinlens.`, true);
  }
  const current = MIGRATIONS.slice(version - 1).reduce<object>(
    (document, migrate) => migrate(document),
    head.data,
  );
  const run = runSchema.safeParse(current);
  if (!run.success) throw new RunFileError(`This run is damaged: ${z.prettifyError(run.error)}`);
  return run.data;
}

/**
 * Writes a run: keys in the schema's order, numbers to five significant digits, and one sample, row or span a line, so
 * that versions of a file compare well. Samples stand in the order of their numbers unless something refers to their
 * places. Their lines are kept: a run that grows is written every few seconds.
 */
export function serializeRun(run: Run): string {
  // Parsing puts the keys in order.
  const ordered = runSchema.parse({ ...run, rlhf: bare(run.rlhf), base: bare(run.base) });
  const written = { ...ordered, rlhf: withLines(ordered.rlhf, run.rlhf) };
  return `${writeLines({ ...written, base: withLines(ordered.base, run.base) }, "")}\n`;
}

function bare(drawn: RoleRun | null): RoleRun | null {
  return drawn && { ...drawn, samples: [] };
}

/** What is written already, and stands for itself. */
class Line {
  constructor(readonly text: string) {}
}

function withLines(ordered: RoleRun | null, drawn: RoleRun | null) {
  if (ordered === null || drawn === null) return null;
  const isReferredTo = drawn.alignment ?? drawn.mafft ?? drawn.anchors;
  const samples = isReferredTo
    ? drawn.samples
    : drawn.samples.toSorted((a, b) => a.index - b.index);
  return { ...ordered, samples: samples.map(sampleLine) };
}

interface KnownLine {
  readonly of: RunSample;
  readonly line: Line;
}

const knownLines = new WeakMap<RunSample, KnownLine>();

/** A sample's line: written once, and anew when one of its parts has been replaced. */
function sampleLine(sample: RunSample): Line {
  const known = knownLines.get(sample);
  if (known !== undefined && isUnchanged(known.of, sample)) return known.line;
  const line = new Line(writeLine(sampleSchema.parse(sample)));
  knownLines.set(sample, { of: { ...sample }, line });
  return line;
}

function isUnchanged(before: RunSample, now: RunSample): boolean {
  return (Object.keys(now) as (keyof RunSample)[]).every((key) => before[key] === now[key]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Objects get one key per line, arrays of objects or arrays one element per line; all else stays on one line. */
function writeLines(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.some(isNested)) {
    return `[\n${value.map((item) => inner + writeLine(item)).join(",\n")}\n${indent}]`;
  }
  if (Array.isArray(value) || !isNested(value)) return writeLine(value);
  const entries = Object.entries(value).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${writeLines(item, inner)}`,
  );
  return `{\n${entries.join(",\n")}\n${indent}}`;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function writeLine(value: unknown): string {
  if (value instanceof Line) return value.text;
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "number" && !Number.isInteger(item) ? Number(item.toPrecision(5)) : item,
  );
}
