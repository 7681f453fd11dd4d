import type { TextIndex } from "./align/textIndex";
import { forEachNgram } from "./ngrams";

/** n-gram lengths of Table 4. */
export const DIVERSITY_LENGTHS = [1, 2, 3, 4] as const;

/**
 * Different n-grams as a share of all n-grams in the generations of one prompt, in (0, 1] (paper Table 4); null when
 * every generation is shorter than n.
 * @param index as `indexNgrams` makes it
 */
export function diversity(index: TextIndex, n: number): number | null {
  let different = 0;
  let all = 0;
  forEachNgram(index, n, (_site, _generations, occurrences) => {
    different++;
    all += occurrences;
  });
  return all > 0 ? different / all : null;
}

/**
 * The row of Table 4 for one setting of nucleus p: for each of {@link DIVERSITY_LENGTHS}, the mean over the prompts
 * that have n-grams of that length; null where none has.
 * @param prompts the generations of one prompt each, all sampled with the same p
 */
export function meanDiversity(prompts: readonly TextIndex[]): (number | null)[] {
  return DIVERSITY_LENGTHS.map((n) => {
    const values = prompts.map((index) => diversity(index, n)).filter((value) => value !== null);
    return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  });
}
