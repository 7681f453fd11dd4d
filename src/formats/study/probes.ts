/** What a study keeps of probes: how often each found what stands ahead, by document or prompt. */
import * as z from "zod/mini";

const count = z.int().check(z.gte(0));

/** Probes, and controls that read no state, or none of the text before (docs/definitions.md, "Probes"). */
export const PROBE_METHODS = [
  "ridge",
  "lens",
  "shuffled",
  "embedding",
  "skip-bigram",
  "unigram",
  "prior",
] as const;
export type ProbeMethod = (typeof PROBE_METHODS)[number];

/** Those whose best a probe must exceed. */
export const PROBE_CONTROLS = [
  "shuffled",
  "embedding",
  "skip-bigram",
  "unigram",
  "prior",
] as const satisfies readonly ProbeMethod[];

/** Those of positions around anchors: shuffled labels find no more than the most frequent token. */
const ANCHOR_CONTROLS = [
  "embedding",
  "skip-bigram",
  "unigram",
  "prior",
] as const satisfies readonly ProbeMethod[];

/** Where a position and what is predicted from it stand: before an anchor that holds the token, both in it, or the token in none. */
export const ANCHOR_PLACES = ["before", "inside", "outside"] as const;
export type AnchorPlace = (typeof ANCHOR_PLACES)[number];

/** Predictions that were right: the token stands there, or it is the reader's own first choice there. */
const hitsSchema = z.object({ text: count, own: count });

/** One probe of what stands `ahead` tokens after the next one, from the states of `reader` in texts of `writer`. */
export const probeRowSchema = z.object({
  /** A stage; null: the text was given. */
  writer: z.nullable(z.string()),
  reader: z.string(),
  method: z.enum(PROBE_METHODS),
  /** Of the states that are read; 0: the embeddings; null: none are. */
  layer: z.nullable(count),
  ahead: count,
  /** null: there is none to choose. */
  lambda: z.nullable(z.number()),
  /** Of the part that chooses. */
  choose: hitsSchema,
  /** Of the part that reports, `[unit]`. */
  report: z.object({ text: z.array(count), own: z.array(count) }),
});

/** Edges of the bins of surprisal in which positions around anchors are compared, bits; the first begins at 0, the last is open. */
export const SURPRISAL_EDGES = [0.05, 0.2, 0.5, 1, 2, 3, 4.5, 6, 8] as const;

/** How often the ridge probe, and the best control, found the tokens of one place around anchors. */
export const anchorProbeSchema = z.object({
  /** Writes and reads. */
  stage: z.string(),
  ahead: count,
  place: z.enum(ANCHOR_PLACES),
  control: z.enum(ANCHOR_CONTROLS),
  /** By surprisal of the token under the stage, `[unit][bin]`. */
  positions: z.array(z.array(count)),
  hits: z.array(z.array(count)),
  controlHits: z.array(z.array(count)),
});

/** One model's reading of one writer's texts. */
export const probedTextSchema = z.object({
  writer: z.nullable(z.string()),
  reader: z.string(),
  /** Layers of the reader. */
  layers: count,
  /** From which probes are compared: floor(0.875 layers), or what was asked for. */
  layer: count,
  /** Classes of tokens that the ridge knows. */
  classes: count,
  fit: z.object({ units: count, positions: count }),
  choose: z.object({ units: count, positions: count }),
  /** What keeps the lens from being measured; null: nothing. */
  lensFault: z.nullable(z.string()),
  /** Names of documents or prompts, and positions of each. */
  report: z.object({ units: z.array(z.string()), positions: z.array(count) }),
});

/** A text that a stage wrote for probes. */
export const probedDrawSchema = z.object({
  stage: z.string(),
  /** Number of the prompt, or of the document's beginning, that it goes on from. */
  beginning: count,
  /** Its own among those that do. */
  sample: count,
  text: z.string(),
  ended: z.enum(["end", "length"]),
});

/** All probes of a cell. */
export const probesSchema = z.object({
  /** What stands for a unit. */
  unit: z.enum(["document", "prompt"]),
  drawn: z.array(probedDrawSchema),
  texts: z.array(probedTextSchema),
  rows: z.array(probeRowSchema),
  anchors: z.array(anchorProbeSchema),
});

export type ProbeRow = z.infer<typeof probeRowSchema>;
export type ProbedText = z.infer<typeof probedTextSchema>;
export type AnchorProbe = z.infer<typeof anchorProbeSchema>;
export type ProbedDraw = z.infer<typeof probedDrawSchema>;
export type Probes = z.infer<typeof probesSchema>;
