/** How much more often a probe is right than what it is held against (docs/definitions.md, "Probes"). */
import type { Sums } from "../statistics/bootstrap";

/** Right predictions of each unit as a sum over its positions, both `[unit]`; hits that are missing are none. */
export function accuracySums(hits: readonly number[], positions: readonly number[]): Sums[] {
  return positions.map((count, unit) => ({ sum: hits[unit] ?? 0, count }));
}

/** The same of what a probe finds and its control does not, less what the control alone finds: paired within units. */
export function excessSums(
  hits: readonly number[],
  controlHits: readonly number[],
  positions: readonly number[],
): Sums[] {
  return positions.map((count, unit) => ({
    sum: (hits[unit] ?? 0) - (controlHits[unit] ?? 0),
    count,
  }));
}

/**
 * The best, as the part that chooses has it: never as the part does on which it is reported, whose chance would be taken for merit.
 * @param chosen right predictions of the part that chooses
 * @returns of equally good ones the first; null: there is none
 */
export function bestOf<T>(candidates: readonly T[], chosen: (candidate: T) => number): T | null {
  let best: T | null = null;
  for (const candidate of candidates) {
    if (best === null || chosen(candidate) > chosen(best)) best = candidate;
  }
  return best;
}

/** Of the means of two groups of units, one less the other; each unit of one belongs to that of the other, `[unit]`. */
export function meanDifference(
  one: readonly Sums[],
  other: readonly Sums[],
  units: readonly number[],
): number {
  return meanOver(one, units) - meanOver(other, units);
}

function meanOver(sums: readonly Sums[], units: readonly number[]): number {
  let [sum, count] = [0, 0];
  for (const unit of units) {
    sum += sums[unit]!.sum;
    count += sums[unit]!.count;
  }
  return sum / count;
}
