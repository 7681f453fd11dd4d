import type { Draft } from "./drafts";

/**
 * The sample of the highest score, of equal ones the first; an empty one never is.
 * @param scores null: it has none
 * @returns its number; null: there is none
 */
export function preferred(
  drafts: readonly Pick<Draft, "ids">[],
  scores: readonly (number | null)[],
): number | null {
  let best: number | null = null;
  for (const [i, score] of scores.entries()) {
    if (score === null || drafts[i]!.ids.length === 0) continue;
    if (best === null || score > scores[best]!) best = i;
  }
  return best;
}
