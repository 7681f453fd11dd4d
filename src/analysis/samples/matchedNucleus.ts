/** The nucleus at which one model is as diverse as another (paper §E.4 found 0.7 for base against 0.9 for RLHF). */
import { mean } from "../statistics/mean";

/** Diversity of a model's samples at a nucleus, `[prompt]`. */
export interface NucleusDiversity {
  /** (0, 1]. */
  readonly topP: number;
  readonly diversity: readonly number[];
}

/** Prompts of which means are taken, by number; one may come more than once. */
type Prompts = readonly number[];

/**
 * Where the polyline through the nuclei's mean diversities takes the wanted value: diversity grows with the nucleus but for
 * noise, so of several places the first is taken.
 * @param points by growing nucleus, at least one
 * @returns the nucleus; beyond the ends: the nearer end
 */
export function crossing(
  points: readonly NucleusDiversity[],
  wanted: readonly number[],
  prompts: Prompts = wanted.map((_, i) => i),
): number {
  const meanOf = (values: readonly number[]) => mean(prompts.map((prompt) => values[prompt]!));
  const target = meanOf(wanted);
  const means = points.map(({ topP, diversity }) => ({ topP, value: meanOf(diversity) }));
  const [first] = means;
  if (first!.value >= target) return first!.topP;
  for (const [i, above] of means.entries()) {
    const below = means[i - 1];
    if (!below || above.value < target) continue;
    const part = (target - below.value) / (above.value - below.value);
    return below.topP + part * (above.topP - below.topP);
  }
  return means.at(-1)!.topP;
}

/** Nuclei are tried to so much; samples tell no finer ones apart. */
const STEP = 0.01;
/** Below, a model hardly has a choice. */
const LEAST = 0.1;
/** The whole distribution. */
const MOST = 1;

/**
 * The nucleus to try next in the search.
 * @param points what was tried, by growing nucleus, at least one
 * @returns null: the nearest one was tried
 */
export function nextNucleus(
  points: readonly NucleusDiversity[],
  wanted: readonly number[],
): number | null {
  const [least, most] = [points[0]!, points.at(-1)!];
  // Down to where the base model is less diverse, by halves.
  if (mean(least.diversity) > mean(wanted) && least.topP > LEAST) {
    return Math.max(LEAST, toStep(least.topP / 2));
  }
  // Up to where it is more diverse.
  if (points.every(({ diversity }) => mean(diversity) < mean(wanted)) && most.topP < MOST) {
    return MOST;
  }
  const next = toStep(crossing(points, wanted));
  return points.some(({ topP }) => Math.abs(topP - next) < STEP / 2) ? null : next;
}

function toStep(topP: number): number {
  return Number((Math.round(topP / STEP) * STEP).toFixed(2));
}
