import { anchorBits, type ScoredGeneration } from "../analysis/anchorBits";
import type { Engine, LoadedModel } from "../engine/engine";
import { scoreText } from "../engine/scoring";
import type { AnchorsView } from "../protocol/anchorViews";
import type { RunSample } from "../protocol/generations";
import type { Role } from "../protocol/scores";

/** Samples of one model under each model that has scored them, `[sample]`; null: not scored. */
export type ScoredSamples = Readonly<Partial<Record<Role, readonly (ScoredGeneration | null)[]>>>;

/** The scores that drawing left: the samples under the model that drew them. */
export function drawnScores(samples: readonly RunSample[]): (ScoredGeneration | null)[] {
  return samples.map(({ text, tokens }) => {
    if (tokens === null) return null;
    const units = unitStarts(text);
    const start = tokens.starts.map((point) => units[point] ?? text.length);
    const endExclusive = tokenEnds(start, text.length);
    return {
      text,
      tokens: { count: start.length, start, endExclusive, logProbability: tokens.logProbabilities },
    };
  });
}

/**
 * Scores samples after a model's own form of the prompt (definitions: anchor spans, 6).
 * @param prefix the prompt's tokens, BOS included
 * @param onProgress 0 .. 1
 */
export async function scoreSamples(
  engine: Engine,
  model: LoadedModel,
  prefix: Int32Array,
  samples: readonly RunSample[],
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<ScoredGeneration[]> {
  const settings = { mode: "strided", window: 0, stride: 0, maxWindows: 0 } as const;
  const scored: ScoredGeneration[] = [];
  for (const { text } of samples) {
    const scores = await scoreText({ engine, model, text, settings, topK: 0, prefix, signal });
    scored.push({ text, tokens: scores.columns });
    onProgress(scored.length / samples.length);
  }
  return scored;
}

/** Anchors with the bits that both models need for them, as far as the samples are scored. */
export function withBits(view: AnchorsView, scored: ScoredSamples): AnchorsView {
  const bitsUnder = (role: Role, anchor: AnchorsView["anchors"][number]) => {
    const occurrences = anchor.occurrences.map(({ sample, start }) => ({
      generation: sample,
      start,
    }));
    const span = { ...anchor, occurrences, length: [...anchor.text].length };
    return anchorBits(span, scored[role] ?? [])?.bits ?? null;
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

/** UTF-16 offset of each code point, and of the text's end. */
function unitStarts(text: string): number[] {
  const starts = [0];
  for (const character of text) starts.push(starts.at(-1)! + character.length);
  return starts;
}
