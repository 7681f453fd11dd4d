import { sampleGenerator } from "../../analysis/statistics/random";
import { shuffled } from "../../analysis/statistics/shuffle";
import type { TrainingPiece, TrainingWindow } from "../../engine/training";
import { packPieces } from "./packing";

export interface StepsRequest {
  readonly steps: number;
  readonly windowsPerStep: number;
  /** Rows of a window. */
  readonly length: number;
  readonly seed: number;
}

/**
 * The windows of each step: all pieces in an order drawn anew for each epoch, as often as it takes. Epochs share the pieces, which
 * are sent to the engine once.
 * @param pieces at least one
 * @returns `[step][window]`
 */
export function trainingSteps(
  pieces: readonly TrainingPiece[],
  { steps, windowsPerStep, length, seed }: StepsRequest,
): TrainingWindow[][] {
  const wanted = steps * windowsPerStep;
  const windows: TrainingWindow[] = [];
  for (let epoch = 0; windows.length < wanted; epoch++) {
    for (const window of epochOf(pieces, length, seed, epoch)) windows.push(window);
  }
  return Array.from({ length: steps }, (_, step) =>
    windows.slice(step * windowsPerStep, (step + 1) * windowsPerStep),
  );
}

export interface EpochsRequest extends Omit<StepsRequest, "steps"> {
  /** The first of them: epochs are numbered, and each number has an order of its own. */
  readonly first: number;
  readonly epochs: number;
}

/**
 * The windows of as many steps as whole epochs take; the last one may have fewer.
 * @param pieces at least one
 * @returns `[step][window]`
 */
export function epochSteps(
  pieces: readonly TrainingPiece[],
  { first, epochs, windowsPerStep, length, seed }: EpochsRequest,
): TrainingWindow[][] {
  const windows = Array.from({ length: epochs }, (_, i) =>
    epochOf(pieces, length, seed, first + i),
  ).flat();
  const steps = Math.ceil(windows.length / windowsPerStep);
  return Array.from({ length: steps }, (_, step) =>
    windows.slice(step * windowsPerStep, (step + 1) * windowsPerStep),
  );
}

/** Windows that were filled last hold the shortest pieces, so that their order is drawn as well. */
function epochOf(
  pieces: readonly TrainingPiece[],
  length: number,
  seed: number,
  epoch: number,
): TrainingWindow[] {
  const random = sampleGenerator(seed, epoch);
  return shuffled(packPieces(shuffled(pieces, random), length), random);
}
