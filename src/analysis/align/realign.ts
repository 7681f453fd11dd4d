import { Chaining } from "./chain";
import type { Columns } from "./columns";
import type { Grams } from "./grams";
import { reachFor, Seeds } from "./seeds";
import type { TextIndex } from "./textIndex";

/** How often every text is realigned, at most: the third round finds next to nothing. */
const ROUNDS = 2;

/**
 * Moves the texts, one after the other, to where they score best with all others (iterative refinement: Barton and
 * Sternberg 1987), until none moves or the rounds or the budget are used up. A text scores, for every other text and every
 * string of 8, of 16 and of 30 characters that both have in the same columns, one; less the columns that it has for itself
 * and the texts that it interrupts ({@link Chaining}).
 *
 * @param maxCells Work allowed, as {@link Seeds.work}; texts beyond stay where they are.
 * @param shouldStop Called before each text with the share that is done, in [0, 1); the rest is left out when it returns
 *   true.
 * @returns the work done, and whether the budget ran out.
 */
export function realignTexts(
  index: TextIndex,
  copies: Int32Array,
  grams: Grams,
  columns: Columns,
  maxCells: number,
  shouldStop: (share: number) => boolean,
): { cells: number; hitBudget: boolean } {
  const seeds = new Seeds(index, copies, grams, reachFor(index.symbols.length));
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (let text = 0; text < copies.length; text++) {
      if (seeds.work > maxCells) return { cells: seeds.work, hitBudget: true };
      if (shouldStop((round + text / copies.length) / ROUNDS)) break;
      columns.take(text);
      seeds.collect(text, columns);
      const matched = new Chaining(index, seeds, columns, text).best();
      if (matched === undefined) columns.putBack(text);
      else columns.putAt(text, matched);
      moved ||= matched !== undefined;
    }
    columns.dropEmpty();
    if (!moved) break;
  }
  return { cells: seeds.work, hitBudget: false };
}
