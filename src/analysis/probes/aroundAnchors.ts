import { type MeanInterval, statisticIntervals } from "../statistics/bootstrap";
import { binned, type PlaceCounts, standardisedRates, standardOf } from "./standardised";

/** What a place's tokens are found at, each a share of its positions at equal surprisal, 0 .. 1. */
interface PlaceRates {
  /** All of its positions, compared or not. */
  readonly positions: number;
  readonly probe: number;
  readonly control: number;
  /** Of the probe over its control. */
  readonly excess: MeanInterval;
}

/** Whether a probe foresees what anchors hold, and better than what stands elsewhere. */
export interface AroundAnchors {
  /** Positions before anchors that are compared / all of them. */
  readonly covered: number;
  /** With positions before anchors: those that intervals can tell anything of. */
  readonly units: number;
  readonly before: PlaceRates;
  readonly inside: PlaceRates;
  readonly outside: PlaceRates;
  /** The excess before anchors less that outside. */
  readonly difference: MeanInterval;
}

/** By place, of the same units and bins. */
export interface AnchorCounts {
  readonly before: PlaceCounts;
  readonly inside: PlaceCounts;
  readonly outside: PlaceCounts;
}

/**
 * Compares places around anchors at equal surprisal: every place is weighted as positions before anchors are. Intervals draw units
 * whole, weights stay those of all.
 * @returns null where no bin of surprisal has positions of all three places
 */
export function aroundAnchors(counts: AnchorCounts): AroundAnchors | null {
  const given = [counts.before, counts.inside, counts.outside] as const;
  const bins = Math.max(
    0,
    ...given.flatMap(({ positions }) => positions.map(({ length }) => length)),
  );
  const places = given.map((place) => binned(place, bins));
  const standard = standardOf(places[0]!, places);
  if (standard === null) return null;
  const length = Math.min(...given.map(({ positions }) => positions.length));
  const intervals = statisticIntervals(length, (units) => {
    const excesses = places.map((place) => {
      const { probe, control } = standardisedRates(place, units, standard);
      return probe - control;
    });
    return [...excesses, excesses[0]! - excesses[2]!];
  });
  const all = Array.from({ length }, (_, unit) => unit);
  const ratesOf = (i: 0 | 1 | 2): PlaceRates => ({
    positions: given[i].positions.reduce((sum, unit) => sum + total(unit), 0),
    ...standardisedRates(places[i]!, all, standard),
    excess: intervals[i]!,
  });
  return {
    covered: standard.covered,
    units: counts.before.positions.filter((unit) => total(unit) > 0).length,
    before: ratesOf(0),
    inside: ratesOf(1),
    outside: ratesOf(2),
    difference: intervals[3]!,
  };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
