import type { ReadaptationSettings } from "../../../formats/study/study";
import type { TrainedWeightsKind } from "../../../formats/study/readaptationSettings";
import {
  type AdaptationSettings,
  DEFAULT_LOW_RANK,
  DEFAULT_STEPS,
  DEFAULT_WINDOWS_PER_STEP,
  OPTIMIZERS,
} from "../../adaptation/settings";

/** Models of so few parameters have all their weights trained as well, as the paper's have (a choice). */
const SMALL = 1e8;

/** What is trained of a model. */
export function kindsFor(
  { weights }: ReadaptationSettings,
  parameters: number,
): readonly TrainedWeightsKind[] {
  return weights ?? (isSmall(parameters) ? ["lora", "all"] : ["lora"]);
}

export function isSmall(parameters: number): boolean {
  return parameters <= SMALL;
}

export function adaptationSettings(
  given: ReadaptationSettings,
  kind: TrainedWeightsKind,
  seed: number,
): AdaptationSettings {
  const lowRank = {
    rank: given.rank ?? DEFAULT_LOW_RANK.rank,
    alpha: given.alpha ?? DEFAULT_LOW_RANK.alpha,
  };
  return {
    weights: kind === "all" ? "all" : lowRank,
    learningRate: given.learningRate[kind] ?? OPTIMIZERS[kind].learningRate,
    weightDecay: OPTIMIZERS[kind].weightDecay,
    steps: given.steps ?? DEFAULT_STEPS,
    windowsPerStep: given.windowsPerStep ?? DEFAULT_WINDOWS_PER_STEP,
    window: given.window,
    interval: given.interval,
    seed,
  };
}
