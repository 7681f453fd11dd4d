/** What a study's results are cells of: a measure of a corpus, of passages, of prompts or of samples, under a pair. */
import type { Study } from "./study";
import type { Measure } from "./studySchema";

export interface Place {
  readonly pair: string;
  readonly corpus: string;
  readonly measure: Measure;
}

/** All places that a study names, in the order of results; samples from elsewhere have a pair of their own name. */
export function placesOf({
  pairs,
  corpora,
  prompts,
  recorded,
}: Pick<Study, "pairs" | "corpora" | "prompts" | "recorded">): Place[] {
  const of = (pair: string, { name: corpus, measures }: Measured) =>
    measures.map((measure) => ({ pair, corpus, measure }));
  return [
    ...pairs.flatMap(({ name }) => [...corpora, ...prompts].flatMap((place) => of(name, place))),
    ...recorded.flatMap((place) => of(place.name, place)),
  ];
}

interface Measured {
  readonly name: string;
  readonly measures: readonly Measure[];
}

/** What lies at one of these places, such as a study's cells. */
export function atPlaces<T extends Place>(all: readonly T[], places: readonly Place[]): T[] {
  return all.filter((one) => places.some((place) => isSamePlace(place, one)));
}

/** Whether two are the same pair's measure of the same corpus. */
export function isSamePlace(a: Place, b: Place): boolean {
  return a.pair === b.pair && a.corpus === b.corpus && a.measure === b.measure;
}
