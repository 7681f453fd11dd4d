import type { Columns } from "./columns";
import { columnProfile, countSymbol, type ColumnProfile } from "./profile";
import type { TextIndex } from "./textIndex";

/** Diagonals tried for one stretch: with more room than this, the left- and rightmost half of them are. */
const MAX_DIAGONALS = 64;

/** What interrupting a text costs, in columns that agree fully: less than a short word gains by standing right. */
const BREAK_COST = 3;

/** What a character costs in a column that agrees on another one, as a share of what agreeing would gain. */
const MISMATCH_COST = 0.5;

/** Unmatched text between two matched sites of its text, and the columns it may use. */
interface Stretch {
  readonly start: number;
  readonly endExclusive: number;
  /** The first column it may use, and how many more there are than it needs. */
  readonly firstColumn: number;
  readonly slack: number;
  /** Whether the text goes on behind it, so that a gap there interrupts it. */
  readonly goesOn: boolean;
}

/**
 * Gives every unmatched character its column, in place: each stretch, those with the least room first, is set where it
 * agrees best with the columns between its neighbours. No column is added, so what is matched stays as it is.
 *
 * @param isMatched 1 for the characters that stay, `[site]`.
 * @param maxCells Cells of dynamic programming allowed; stretches beyond stay at the left.
 * @returns the cells used, and whether some stretch had to do without.
 */
export function fillStretches(
  index: TextIndex,
  copies: Int32Array,
  columns: Columns,
  isMatched: Uint8Array,
  maxCells: number,
  shouldStop: () => boolean,
): { cells: number; hitBudget: boolean } {
  const { columnAt } = columns;
  const stretches = freeStretches(index, columns, isMatched);
  const profile = columnProfile(index, copies, columns, isMatched, maxCells);
  if (profile === undefined) return { cells: 0, hitBudget: true };
  stretches.sort((a, b) => a.slack - b.slack || a.start - b.start);
  let cells = profile.counts.length;
  let hitBudget = false;
  for (const stretch of stretches) {
    if (shouldStop()) break;
    const diagonals = diagonalsOf(stretch.slack);
    const needed = (stretch.endExclusive - stretch.start) * diagonals.length;
    if (diagonals.length > 1) {
      if (cells + needed > maxCells) hitBudget = true;
      else {
        cells += needed;
        setStretch(stretch, diagonals, profile, columnAt);
      }
    }
    const weight = copies[index.textOf[stretch.start]!]!;
    for (let site = stretch.start; site < stretch.endExclusive; site++) {
      countSymbol(profile, site, columnAt[site]!, weight);
    }
  }
  return { cells, hitBudget };
}

/** All runs of unmatched sites, each put as far left as it can stand. */
function freeStretches(
  { starts }: TextIndex,
  { columnAt, count }: Columns,
  isMatched: Uint8Array,
): Stretch[] {
  const stretches: Stretch[] = [];
  for (let text = 0; text + 1 < starts.length; text++) {
    const textEnd = starts[text + 1]! - 1;
    let firstColumn = 0;
    for (let site = starts[text]!; site < textEnd; site++) {
      if (isMatched[site] === 0) {
        const start = site;
        while (site < textEnd && isMatched[site] === 0) {
          columnAt[site] = firstColumn + site - start;
          site++;
        }
        const goesOn = site < textEnd;
        const slack = (goesOn ? columnAt[site]! : count) - firstColumn - (site - start);
        stretches.push({ start, endExclusive: site, firstColumn, slack, goesOn });
      }
      firstColumn = columnAt[site]! + 1;
    }
  }
  return stretches;
}

/** How far to the right of its leftmost place a character may stand, ascending. */
function diagonalsOf(slack: number): Int32Array {
  if (slack < MAX_DIAGONALS) return Int32Array.from({ length: slack + 1 }, (_, d) => d);
  const half = MAX_DIAGONALS / 2;
  return Int32Array.from({ length: MAX_DIAGONALS }, (_, d) =>
    d < half ? d : slack - MAX_DIAGONALS + 1 + d,
  );
}

/**
 * Chooses the columns of one stretch. Cell (i, d) holds the best score of characters 0 .. i with character i in column
 * `firstColumn + i + diagonals[d]`; diagonals never fall, and each rise costs a break.
 */
function setStretch(
  stretch: Stretch,
  diagonals: Int32Array,
  profile: ColumnProfile,
  columnAt: Int32Array,
): void {
  const { start, firstColumn } = stretch;
  const { counts, texts, most } = profile;
  const width = diagonals.length;
  const length = stretch.endExclusive - start;
  const cameFrom = new Uint8Array(length * width);
  const score = new Float64Array(width).fill(-BREAK_COST);
  score[0] = 0;

  for (let i = 0; i < length; i++) {
    const countsOfSymbol = profile.classOf[start + i]! * profile.columns;
    const row = i * width;
    let bestBefore = -Infinity;
    let bestDiagonal = 0;
    for (let d = 0; d < width; d++) {
      const stay = score[d]!;
      const move = bestBefore - BREAK_COST;
      const moves = i > 0 && move > stay;
      cameFrom[row + d] = moves ? bestDiagonal : d;
      if (stay > bestBefore) {
        bestBefore = stay;
        bestDiagonal = d;
      }
      const column = firstColumn + i + diagonals[d]!;
      const count = counts[countsOfSymbol + column]!;
      const gain = count > 0 ? count : -MISMATCH_COST * most[column]!;
      score[d] = (moves ? move : stay) + gain / (texts[column]! + 1);
    }
  }

  let diagonal = bestEnd(score, stretch.goesOn);
  for (let i = length - 1; i >= 0; i--) {
    columnAt[start + i] = firstColumn + i + diagonals[diagonal]!;
    diagonal = cameFrom[i * width + diagonal]!;
  }
}

/** The best last diagonal; the leftmost of equal ones. */
function bestEnd(score: Float64Array, goesOn: boolean): number {
  const last = score.length - 1;
  let best = 0;
  const value = (d: number) => score[d]! - (goesOn && d < last ? BREAK_COST : 0);
  for (let d = 1; d <= last; d++) if (value(d) > value(best)) best = d;
  return best;
}
