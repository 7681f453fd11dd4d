import { documentInterval, type MeanInterval } from "../analysis/bootstrap";
import { seededRandom } from "../analysis/random";
import type { AlignmentView } from "../protocol/anchorViews";

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
    readonly low: readonly number[];
    readonly high: readonly number[];
    /** Mean over positions, with its interval over prompts. */
    readonly all: MeanInterval;
  } | null;
  /** Prompts without a kept column. */
  readonly withoutOverlap: number;
}

const DRAWS = 2000;
const SEED = 1;

/** @param prompts one alignment a prompt, at least one */
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
 * Mean curve with the band of {@link DRAWS} seeded bootstrap draws of prompts. Smoothing is linear, so the mean of
 * smoothed curves is the smoothed mean. One prompt has no band: it equals its mean.
 */
function meanCurve(curves: readonly (readonly number[])[]): NonNullable<PromptMeans["overlap"]> {
  const length = curves[0]?.length ?? 0;
  const random = seededRandom(SEED);
  const at = (chosen: readonly (readonly number[])[]) =>
    Array.from({ length }, (_, position) => mean(chosen.map((curve) => curve[position] ?? 0)));
  const draws = Array.from({ length: curves.length > 1 ? DRAWS : 1 }, () =>
    at(
      curves.map((curve) =>
        curves.length > 1 ? curves[Math.floor(random() * curves.length)]! : curve,
      ),
    ),
  );
  const quantile = (share: number) =>
    Array.from({ length }, (_, position) => {
      const sorted = draws.map((draw) => draw[position]!).sort((a, b) => a - b);
      return sorted[Math.round(share * (sorted.length - 1))]!;
    });
  const overall = curves.map(mean);
  const value = mean(overall);
  return {
    mean: at(curves),
    low: quantile(0.025),
    high: quantile(0.975),
    all: documentInterval(overall.map((sum) => ({ sum, count: 1 }))) ?? {
      value,
      low: value,
      high: value,
    },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
