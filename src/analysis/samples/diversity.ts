import type { TextIndex } from "../align/textIndex";
import { forEachNgram } from "./ngrams";

/** n-gram lengths of Table 4. */
export const DIVERSITY_LENGTHS = [1, 2, 3, 4] as const;

/**
 * Different n-grams as a share of all n-grams in the samples of one prompt, in (0, 1] (paper Table 4); null when
 * every sample is shorter than n.
 * @param index as `indexNgrams` makes it
 */
export function diversity(index: TextIndex, n: number): number | null {
  let different = 0;
  let all = 0;
  forEachNgram(index, n, (_site, _samples, occurrences) => {
    different++;
    all += occurrences;
  });
  return all > 0 ? different / all : null;
}
