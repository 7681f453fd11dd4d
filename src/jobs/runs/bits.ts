import { codePointsBefore, countCodePoints, unitsBefore } from "../../analysis/text/codePoints";
import type { Role } from "../../protocol/roles";
import { anchorBits, type ScoredSample } from "../../analysis/samples/anchorBits";
import type { Engine, ScoringModel } from "../../engine/engine";
import { cancelled } from "../../engine/errors";
import { scoreText } from "../scoring/scoreText";
import type { AnchorsView } from "../../protocol/anchorViews";
import type { RunSample } from "../../formats/run";
import type { TokenColumns, WindowSettings } from "../../protocol/scores";

/** Samples of one model under each model, `[sample]`; null: not scored. */
export type ScoredSamples = Readonly<Record<Role, readonly (ScoredSample | null)[]>>;

/** What a run holds of its samples' scores; what drawing left is no score: it was computed for one row at a time. */
export function scoredSamples(samples: readonly RunSample[]): ScoredSamples {
  const under = (role: Role) => samples.map(({ text, scored }) => toScored(text, scored[role]));
  return { base: under("base"), rlhf: under("rlhf") };
}

function toScored(text: string, tokens: RunSample["scored"][Role]): ScoredSample | null {
  if (tokens === null) return null;
  const units = unitsBefore(text);
  const start = tokens.starts.map((point) => units[point] ?? text.length);
  const endExclusive = tokenEnds(start, text.length);
  return {
    text,
    tokens: { count: start.length, start, endExclusive, logProbability: tokens.logProbabilities },
  };
}

/** How samples are scored: in windows as long as the model allows. */
export const SAMPLE_WINDOWS: WindowSettings = {
  mode: "strided",
  window: 0,
  stride: 0,
  maxWindows: 0,
  bos: "auto",
};

/** Samples that a model is to score. */
export interface SamplesToScore {
  readonly engine: Engine;
  readonly model: ScoringModel;
  /** Whose scores they are. */
  readonly under: Role;
  /** The prompt's tokens, BOS included. */
  readonly prefix: Int32Array;
  readonly samples: readonly RunSample[];
  /** 0 .. 1 */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Scores samples after a model's own form of the prompt (docs/definitions.md, "Bits of an anchor"), and leaves the scores
 * in them; after a cancel, those of the finished ones. A sample with a token that the model rules out stays without.
 * @throws EngineError `Cancelled`
 */
export async function scoreSamples({
  engine,
  model,
  under,
  prefix,
  samples,
  onProgress,
  signal,
}: SamplesToScore): Promise<void> {
  for (const [i, sample] of samples.entries()) {
    const { text } = sample;
    const how = { settings: SAMPLE_WINDOWS, distribution: null, prefix, signal };
    const scores = await scoreText({ engine, model, text, ...how });
    if (!scores.complete) throw cancelled();
    // Infinite bits are no number that a file could hold.
    if (!scores.columns.logProbability.includes(-Infinity)) {
      sample.scored = { ...sample.scored, [under]: scoredTokens(text, scores.columns) };
    }
    onProgress((i + 1) / samples.length);
  }
}

/** A text's first token is left out where it has no context: a model without BOS, an empty prompt. */
function scoredTokens(
  text: string,
  { start, logProbability }: TokenColumns,
): { starts: number[]; logProbabilities: number[] } {
  const points = codePointsBefore(text);
  const known = [...logProbability.keys()].filter((token) => !Number.isNaN(logProbability[token]));
  return {
    starts: known.map((token) => points[start[token]!]!),
    logProbabilities: known.map((token) => logProbability[token]!),
  };
}

/** The samples that a model must still score. */
export function unscored(samples: readonly RunSample[], under: Role): readonly RunSample[] {
  return samples.filter(({ scored }) => scored[under] === null);
}

/** Anchors with the bits that both models need for them, as far as the samples are scored. */
export function withBits(view: AnchorsView, scored: ScoredSamples): AnchorsView {
  const bitsUnder = (role: Role, anchor: AnchorsView["anchors"][number]) => {
    const span = { ...anchor, length: countCodePoints(anchor.text) };
    return anchorBits(span, scored[role])?.bits ?? null;
  };
  return {
    ...view,
    anchors: view.anchors.map((anchor) => ({
      ...anchor,
      bits: { base: bitsUnder("base", anchor), rlhf: bitsUnder("rlhf", anchor) },
    })),
  };
}

/** Where each token ends: at the next one that starts further on. Tokens that share a character all have it. */
function tokenEnds(start: readonly number[], end: number): number[] {
  const ends = start.map(() => end);
  for (let i = start.length - 2; i >= 0; i--) {
    ends[i] = start[i + 1]! > start[i]! ? start[i + 1]! : ends[i + 1]!;
  }
  return ends;
}
