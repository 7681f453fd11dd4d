/**
 * Rates at equal surprisal, by direct standardisation: what is predictable anyway is predicted more often, so that the rates of two
 * places compare only where both hold equally surprising tokens (docs/definitions.md, "Probes").
 */

/** Positions of one place, and those that a probe and its control predicted rightly, `[unit][bin]`. */
export interface PlaceCounts {
  readonly positions: readonly (readonly number[])[];
  readonly hits: readonly (readonly number[])[];
  readonly controlHits: readonly (readonly number[])[];
}

/** The same by bin, `[bin][unit]`, which is how they are summed. */
export type BinnedPlace = Readonly<Record<keyof PlaceCounts, readonly Float64Array[]>>;

/** @param bins how many there are */
export function binned(counts: PlaceCounts, bins: number): BinnedPlace {
  const turned = (rows: readonly (readonly number[])[]) =>
    Array.from({ length: bins }, (_, bin) =>
      Float64Array.from(counts.positions, (_row, unit) => rows[unit]?.[bin] ?? 0),
    );
  return {
    positions: turned(counts.positions),
    hits: turned(counts.hits),
    controlHits: turned(counts.controlHits),
  };
}

/** What rates are weighted by. */
export interface Standard {
  /** Shares of the bins that are compared, `[bin]`: they sum to 1; 0: some place has no position there. */
  readonly weights: readonly number[];
  /** Positions of the standard's place in bins that are compared / all, 0 .. 1. */
  readonly covered: number;
}

/**
 * Each bin's share of a place's positions, as far as all places have positions in it.
 * @param place that sets the standard
 * @param places that are compared
 * @returns null where no bin has positions of all places
 */
export function standardOf(place: BinnedPlace, places: readonly BinnedPlace[]): Standard | null {
  const total = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0);
  const counts = place.positions.map(total);
  const shared = counts.map((count, bin) =>
    places.every((one) => total(one.positions[bin]!) > 0) ? count : 0,
  );
  const [covered, all] = [shared, counts].map((bins) => bins.reduce((sum, n) => sum + n, 0));
  if (!covered || !all) return null;
  return { weights: shared.map((count) => count / covered), covered: covered / all };
}

/** Shares of positions, 0 .. 1; NaN: no position is compared. */
export interface StandardisedRates {
  readonly probe: number;
  readonly control: number;
}

/**
 * The rates of a place in some of its units, each bin weighted as the standard has it. A bin in which these units have no position
 * is left out, and the others bear its weight (a choice): a bootstrap draws such units.
 * @param units by number, as often as each is drawn
 */
export function standardisedRates(
  { positions, hits, controlHits }: BinnedPlace,
  units: readonly number[],
  { weights }: Pick<Standard, "weights">,
): StandardisedRates {
  let [probe, control, weight] = [0, 0, 0];
  for (let bin = 0; bin < weights.length; bin++) {
    if (weights[bin] === 0) continue;
    const count = sumOver(positions[bin]!, units);
    if (count === 0) continue;
    weight += weights[bin]!;
    probe += (weights[bin]! * sumOver(hits[bin]!, units)) / count;
    control += (weights[bin]! * sumOver(controlHits[bin]!, units)) / count;
  }
  return { probe: probe / weight, control: control / weight };
}

function sumOver(counts: Float64Array, units: readonly number[]): number {
  let sum = 0;
  for (const unit of units) sum += counts[unit]!;
  return sum;
}
