import { codePoints } from "../text/codePoints";
import { fillStretches } from "./fill";
import { layOut, layOutSettled, settle } from "./layout";
import type { Matcher } from "./matcher";
import { OrderedMatcher } from "./ordered";
import { MatchedPieces } from "./matchedPieces";
import { maximalRepeats, type Repeat } from "./repeats";
import { SettledMatcher } from "./settled";
import { indexTexts } from "./textIndex";

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

/** Some seconds; enough for 1,000 texts of 5,000 characters. */
export const DEFAULT_MAX_CELLS = 4e8;

/**
 * How strings are matched, depending on their length: long ones wherever they stand; short ones occur by chance as
 * well, so they count only when enough texts have them near one another.
 */
interface Matching {
  readonly minLength: number;
  /** Share of all texts that must have the string; two must in any case. */
  readonly minShare: number;
  /** How far apart they may stand, in columns. */
  readonly reach: number;
}

/** What many texts have in common settles how wide the alignment is and where the rest stands. Longest first. */
const COMMON: readonly Matching[] = [
  { minLength: 16, minShare: 0.2, reach: Infinity },
  { minLength: 8, minShare: 0.3, reach: 128 },
];

/** The rest is matched as far as there is room for it; no string that is too rare here is frequent enough above. */
const REST: readonly Matching[] = [
  { minLength: 32, minShare: 0, reach: 512 },
  { minLength: 16, minShare: 0.05, reach: 128 },
  { minLength: 8, minShare: 0.1, reach: 48 },
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
 * 1. The strings that texts share, from their sorted suffixes ({@link maximalRepeats}).
 * 2. Those that many share are matched in one order, the ones that match the most characters first, each as far as it
 *    agrees with those before ({@link OrderedMatcher}), and put as far left as they can stand ({@link layOut}).
 * 3. That is as wide as the alignment gets; the other strings are matched where there is room ({@link SettledMatcher}).
 * 4. What is left of each text is fitted in between by dynamic programming ({@link fillStretches}).
 */
function alignDistinct(
  texts: readonly Int32Array[],
  copies: Int32Array,
  { maxCells = DEFAULT_MAX_CELLS, shouldStop = () => false, onProgress = () => {} }: AlignOptions,
): Alignment | undefined {
  onProgress(0);
  const index = indexTexts(texts);
  const all = copies.reduce((sum, count) => sum + count, 0);
  const minTexts = (length: number) => fewestTexts(matchingFor(length, REST)!, all);
  const shortest = Math.min(...REST.map(({ minLength }) => minLength));
  const repeats = maximalRepeats(index, copies, shortest, minTexts);

  onProgress(0.2);
  const ordered = new OrderedMatcher(new MatchedPieces(index), copies);
  const limits = { all, maxCells, shouldStop };
  const commonDone = matchRepeats(ordered, repeats, COMMON, layOut(ordered).columnAt, limits);
  const wide = layOut(ordered);

  onProgress(0.4);
  const settled = new SettledMatcher(settle(ordered.pieces, wide), copies, wide.columns);
  settled.work = ordered.work;
  const restDone = matchRepeats(settled, repeats, REST, wide.columnAt, limits);
  if (shouldStop()) return undefined;

  onProgress(0.6);
  const layout = layOutSettled(settled.pieces, wide.columns);
  const budget = maxCells - settled.work;
  const filled = fillStretches(index, copies, settled.pieces, layout, budget, shouldStop);
  if (shouldStop()) return undefined;

  onProgress(1);
  return {
    columns: layout.columns,
    rows: texts.map((text, t) => {
      const start = index.starts[t]!;
      return layout.columnAt.slice(start, start + text.length);
    }),
    cells: settled.work + filled.cells,
    hitBudget: !commonDone || !restDone || filled.hitBudget,
  };
}

function matchingFor(length: number, matchings: readonly Matching[]): Matching | undefined {
  return matchings.find(({ minLength }) => minLength <= length);
}

function fewestTexts({ minShare }: Matching, all: number): number {
  return Math.max(2, Math.ceil(minShare * all));
}

/** Matches repeats in the given order; false when the work ran out or it was stopped. */
function matchRepeats(
  matcher: Matcher,
  repeats: readonly Repeat[],
  matchings: readonly Matching[],
  estimate: Int32Array,
  limits: { readonly all: number; readonly maxCells: number; readonly shouldStop: () => boolean },
): boolean {
  const { order } = matcher.pieces.index;
  for (const repeat of repeats) {
    const matching = matchingFor(repeat.length, matchings);
    const minTexts = matching ? fewestTexts(matching, limits.all) : Infinity;
    if (matching === undefined || repeat.texts < minTexts) continue;
    if (matcher.work > limits.maxCells || limits.shouldStop()) return false;
    const sites = order.slice(repeat.first, repeat.endExclusive).sort();
    matcher.match(sites, repeat.length, { estimate, reach: matching.reach, minTexts });
  }
  return true;
}
