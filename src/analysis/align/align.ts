import { codePoints } from "../text/codePoints";
import { Columns } from "./columns";
import { fillStretches } from "./fill";
import { indexGrams, matchedSites } from "./grams";
import { layOut } from "./layout";
import { Matcher } from "./matcher";
import { MatchedPieces } from "./matchedPieces";
import { realignTexts } from "./realign";
import { maximalRepeats, type Repeat } from "./repeats";
import { indexTexts, type TextIndex } from "./textIndex";

/** A multiple alignment: every character of every text has a column, ascending within a text. */
export interface Alignment {
  /** How many columns there are. */
  readonly columns: number;
  /** The column of each code point of a text, `[text][code point]`; equal texts share one array. */
  readonly rows: readonly Int32Array[];
  /** Work done: cells of dynamic programming, and sites looked at while matching. */
  readonly cells: number;
  /** Whether the budget ran out, so that the alignment is valid but less refined than it could be. */
  readonly hitBudget: boolean;
}

export interface AlignOptions {
  /** Cells of work allowed, at least; default {@link DEFAULT_MAX_CELLS}. */
  readonly maxCells?: number;
  /** Called now and then; the alignment is abandoned when it returns true. */
  readonly shouldStop?: () => boolean;
  /** Called with the share of the work that is done, in [0, 1], ascending. */
  readonly onProgress?: (share: number) => void;
}

/** About a minute; enough for 1,000 texts of 5,000 characters. */
export const DEFAULT_MAX_CELLS = 4e8;

/**
 * How strings are matched, depending on their length: long ones wherever they stand; short ones occur by chance as
 * well, so they count only when more texts have them, near one another.
 */
interface Matching {
  readonly minLength: number;
  /** Share of all texts that must have the string; two must in any case. */
  readonly minShare: number;
  /** How far apart they may stand, in columns. */
  readonly reach: number;
}

/** What many texts have in common, longest first, is where the alignment starts from. */
const COMMON: readonly Matching[] = [
  { minLength: 16, minShare: 0.2, reach: Infinity },
  { minLength: 8, minShare: 0.3, reach: 128 },
];

/**
 * Aligns texts by code points (paper §4.2, where MAFFT does it), so that what they share stands in the same columns.
 *
 * Equal texts are aligned once, and the others sorted first, so that the order of the input only orders the rows.
 * Time is linear in the length of all texts for sorted suffixes, and nearly so for the rest.
 *
 * @returns the alignment, or nothing when stopped.
 */
export function alignTexts(
  texts: readonly string[],
  options: AlignOptions = {},
): Alignment | undefined {
  const distinct = [...new Set(texts)].sort();
  if (distinct.length === 0) return { columns: 0, rows: [], cells: 0, hitBudget: false };
  const numberOf = new Map(distinct.map((text, number) => [text, number]));
  const copies = new Int32Array(distinct.length);
  for (const text of texts) copies[numberOf.get(text)!]!++;

  const aligned = alignDistinct(distinct.map(codePoints), copies, options);
  return aligned && { ...aligned, rows: texts.map((text) => aligned.rows[numberOf.get(text)!]!) };
}

/**
 * 1. The strings that many texts share, from their sorted suffixes ({@link maximalRepeats}), are matched in one order,
 *    those that match the most characters first, each as far as it agrees with those before ({@link Matcher}), and put
 *    as far left as they can stand ({@link layOut}).
 * 2. Then each text moves to where it scores best with all others, columns being added where that pays
 *    ({@link realignTexts}).
 * 3. What is left of each text is fitted in between by dynamic programming ({@link fillStretches}).
 */
function alignDistinct(
  texts: readonly Int32Array[],
  copies: Int32Array,
  { maxCells = DEFAULT_MAX_CELLS, shouldStop = () => false, onProgress = () => {} }: AlignOptions,
): Alignment | undefined {
  onProgress(0);
  const index = indexTexts(texts);
  onProgress(0.1);
  const common = matchCommon(index, copies, maxCells, shouldStop);
  const { columnAt, columns: width } = layOut(common.matcher);
  if (shouldStop()) return undefined;

  const columns = new Columns(index, copies, columnAt, width);
  const grams = indexGrams(index);
  let budget = maxCells - common.matcher.work;
  const realigned = realignTexts(index, copies, grams, columns, budget, (share) => {
    onProgress(0.3 + 0.6 * share);
    return shouldStop();
  });
  if (shouldStop()) return undefined;

  budget -= realigned.cells;
  const isMatched = matchedSites(index, grams, columns);
  const filled = fillStretches(index, copies, columns, isMatched, budget, shouldStop);
  if (shouldStop()) return undefined;

  columns.dropEmpty();
  onProgress(1);
  return {
    columns: columns.count,
    rows: texts.map((text, t) => {
      const start = index.starts[t]!;
      return columns.columnAt.slice(start, start + text.length);
    }),
    cells: common.matcher.work + realigned.cells + filled.cells,
    hitBudget: common.hitBudget || realigned.hitBudget || filled.hitBudget,
  };
}

/** Matches what many texts have in common, until the work runs out or it is stopped. */
function matchCommon(
  index: TextIndex,
  copies: Int32Array,
  maxCells: number,
  shouldStop: () => boolean,
): { matcher: Matcher; hitBudget: boolean } {
  const all = copies.reduce((sum, count) => sum + count, 0);
  const shortest = Math.min(...COMMON.map(({ minLength }) => minLength));
  const minTexts = (length: number) => fewestTexts(matchingFor(length), all);
  const repeats: readonly Repeat[] = maximalRepeats(index, copies, shortest, minTexts);
  const matcher = new Matcher(new MatchedPieces(index), copies);
  const estimate = layOut(matcher).columnAt;
  for (const { first, endExclusive, length } of repeats) {
    if (matcher.work > maxCells || shouldStop()) return { matcher, hitBudget: true };
    const sites = index.order.slice(first, endExclusive).sort();
    const { reach } = matchingFor(length);
    matcher.match(sites, length, { estimate, reach, minTexts: minTexts(length) });
  }
  return { matcher, hitBudget: false };
}

/** How strings of a length are matched, which is at least that of the shortest. */
function matchingFor(length: number): Matching {
  return COMMON.find(({ minLength }) => minLength <= length)!;
}

function fewestTexts({ minShare }: Matching, all: number): number {
  return Math.max(2, Math.ceil(minShare * all));
}
