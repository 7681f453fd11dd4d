import type { ChanceDraws } from "../analysis/samples/chance";
import { mean } from "../analysis/statistics/mean";
import { quantile } from "../analysis/statistics/quantile";
import type { ChanceView, MeanCurve } from "../protocol/anchorViews";

/** Pseudo-runs' curves, and how they were drawn. */
export interface DrawnChance extends ChanceDraws {
  readonly kind: ChanceView["kind"];
  readonly seed: number;
}

/** What a chance level is named by: what its pseudo-runs are made of. */
export const CHANCE_NAMES: Readonly<Record<ChanceView["kind"], string>> = {
  sentences: "sentences shuffled between samples",
  prompts: "texts of different prompts",
};

/** What it means that a curve leaves the band at the top. */
export const CHANCE_READINGS: Readonly<Record<ChanceView["kind"], string>> = {
  sentences: "Above it, the samples agree in the order of their sentences too, more than by luck.",
  prompts: "Above it, answers to one prompt agree more than those to different ones.",
};

/** The chance level as it is shown: at every position, and over all, the pseudo-runs' mean and their middle 95 %. */
export function toChanceView({ kind, seed, overlap, alignedShare }: DrawnChance): ChanceView {
  return {
    kind,
    draws: overlap.length,
    seed,
    overlap: meanOfDraws(overlap),
    alignedShare: meanOfDraws(alignedShare),
  };
}

/**
 * The chance level of a mean over prompts: draw d is the mean over the prompts' draws d.
 * @param prompts those of one kind and seed, at least one
 */
export function meanChance(prompts: readonly DrawnChance[]): DrawnChance {
  const { kind, seed } = prompts[0]!;
  const draws = Math.min(...prompts.map(({ overlap }) => overlap.length));
  const meanOf = (curves: readonly ChanceDraws["overlap"][]) =>
    Array.from({ length: draws }, (_, draw) => meanCurve(curves.map((drawn) => drawn[draw]!)));
  return {
    kind,
    seed,
    overlap: meanOf(prompts.map(({ overlap }) => overlap)),
    alignedShare: meanOf(prompts.map(({ alignedShare }) => alignedShare)),
  };
}

function meanOfDraws(draws: ChanceDraws["overlap"]): MeanCurve {
  const sorted = meanCurve(draws).map((_, position) =>
    draws.map((curve) => curve[position]!).sort(ascending),
  );
  const all = draws.map(mean).sort(ascending);
  return {
    mean: meanCurve(draws),
    low: sorted.map((values) => quantile(values, LOW)),
    high: sorted.map((values) => quantile(values, HIGH)),
    all: { value: mean(all), low: quantile(all, LOW), high: quantile(all, HIGH) },
  };
}

/** The ends of the middle 95 %. */
const LOW = 0.025;
const HIGH = 0.975;

const ascending = (a: number, b: number) => a - b;

function meanCurve(curves: readonly (readonly number[])[]): number[] {
  return curves[0]!.map((_, position) => mean(curves.map((curve) => curve[position]!)));
}
