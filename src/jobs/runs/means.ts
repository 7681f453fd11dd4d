import { curveIntervals, documentInterval } from "../../analysis/statistics/bootstrap";
import { mean } from "../../analysis/statistics/mean";
import type { AlignmentView, MeanCurve } from "../../protocol/anchorViews";

/** What the paper's figures average over prompts, of one model. */
export interface PromptMeans {
  readonly prompts: number;
  readonly unit: "tokens" | "words";
  /** Figures 7 and 15: samples that contain the most common n-gram. */
  readonly sharing: readonly { readonly n: number; readonly samples: number }[];
  /** Table 4: different n-grams / all, by n from 1 on; null: no prompt has any. */
  readonly diversity: readonly (number | null)[];
  /** Figure 13, with the interval over prompts; null when no prompt has kept columns. */
  readonly overlap: MeanCurve | null;
  /** Figure 1's caption, as the overlap. */
  readonly alignedShare: MeanCurve | null;
  /** Prompts without a kept column. */
  readonly withoutOverlap: number;
}

/** @param prompts one alignment per prompt, at least one */
export function meanOverPrompts(prompts: readonly AlignmentView[]): PromptMeans {
  const [first] = prompts;
  const curves = prompts.flatMap(({ overlap }) => (overlap === null ? [] : [overlap]));
  const shares = prompts.flatMap(({ alignedShare }) =>
    alignedShare === null ? [] : [alignedShare],
  );
  return {
    prompts: prompts.length,
    unit: first?.ngrams.unit ?? "words",
    sharing: (first?.ngrams.shared ?? []).map(({ n }, i) => ({
      n,
      samples: mean(prompts.map(({ ngrams }) => ngrams.shared[i]?.samples ?? 0)),
    })),
    diversity: (first?.ngrams.diversity ?? []).map((_, i) => {
      const values = prompts.flatMap(({ ngrams }) => ngrams.diversity[i] ?? []);
      return values.length === 0 ? null : mean(values);
    }),
    overlap: meanCurve(curves),
    alignedShare: meanCurve(shares),
    withoutOverlap: prompts.length - curves.length,
  };
}

/**
 * Mean curve with its band. Every position sees the same draws of prompts, and smoothing is linear, so the mean of
 * smoothed curves is the smoothed mean of every draw. One prompt has no band.
 */
function meanCurve(curves: readonly (readonly number[])[]): MeanCurve | null {
  if (curves.length === 0) return null;
  const all = meanOf(curves.map(mean));
  const [first] = curves;
  if (curves.length === 1) return { mean: [...first!], low: null, high: null, all };
  const positions = curveIntervals(curves).map((interval) => interval!);
  return {
    mean: positions.map(({ value }) => value),
    low: positions.map(({ low }) => low),
    high: positions.map(({ high }) => high),
    all,
  };
}

function meanOf(values: readonly number[]): MeanCurve["all"] {
  const interval = documentInterval(values.map((sum) => ({ sum, count: 1 })));
  return interval ?? { value: mean(values), low: null, high: null };
}
