import { documentInterval, type MeanInterval } from "../../analysis/bootstrap";
import type { AlignmentView } from "../../protocol/anchorViews";

/** What the paper's figures average over prompts, of one model. */
export interface PromptMeans {
  readonly prompts: number;
  readonly unit: "tokens" | "words";
  /** Figures 7 and 15: samples that contain the most common n-gram. */
  readonly sharing: readonly { readonly n: number; readonly samples: number }[];
  /** Table 4: different n-grams / all, by n from 1 on; null: no prompt has any. */
  readonly diversity: readonly (number | null)[];
  /** Figure 13; null when no prompt has kept columns. */
  readonly overlap: {
    /** At 100 positions, 0 .. 1. */
    readonly mean: readonly number[];
    /** The 95 % interval over prompts; null: of a single one. */
    readonly low: readonly number[] | null;
    readonly high: readonly number[] | null;
    /** Mean over positions, with its interval. */
    readonly all: MeanOverPrompts;
  } | null;
  /** Prompts without a kept column. */
  readonly withoutOverlap: number;
}

/** A mean with its interval over prompts; null: there is a single one. */
type MeanOverPrompts =
  MeanInterval | { readonly value: number; readonly low: null; readonly high: null };

/** @param prompts one alignment per prompt, at least one */
export function meanOverPrompts(prompts: readonly AlignmentView[]): PromptMeans {
  const [first] = prompts;
  const curves = prompts.flatMap(({ overlap }) => (overlap === null ? [] : [overlap]));
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
    overlap: curves.length === 0 ? null : meanCurve(curves),
    withoutOverlap: prompts.length - curves.length,
  };
}

/**
 * Mean curve with its band. Every position sees the same draws of prompts, and smoothing is linear, so the mean of
 * smoothed curves is the smoothed mean of every draw. One prompt has no band.
 */
function meanCurve(curves: readonly (readonly number[])[]): NonNullable<PromptMeans["overlap"]> {
  const positions = (curves[0] ?? []).map((_, position) =>
    meanOf(curves.map((curve) => curve[position] ?? 0)),
  );
  const isOne = curves.length === 1;
  return {
    mean: positions.map(({ value }) => value),
    low: isOne ? null : positions.map(({ low }) => low!),
    high: isOne ? null : positions.map(({ high }) => high!),
    all: meanOf(curves.map(mean)),
  };
}

function meanOf(values: readonly number[]): MeanOverPrompts {
  const interval = documentInterval(values.map((sum) => ({ sum, count: 1 })));
  return interval ?? { value: mean(values), low: null, high: null };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
