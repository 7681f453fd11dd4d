import type { MatchedPieces } from "./matchedPieces";
import type { Layout } from "./layout";
import { columnProfile, countSymbol, type ColumnProfile } from "./profile";
import type { TextIndex } from "./textIndex";

/** Diagonals tried for one stretch: with more room than this, the left- and rightmost half of them are. */
const MAX_DIAGONALS = 64;

/** What interrupting a text costs, in columns that agree fully: less than a short word gains by standing right. */
const BREAK_COST = 3;

/** What a character costs in a column that agrees on another one, as a share of what agreeing would gain. */
const MISMATCH_COST = 0.5;

/** Free text between two placed sites of its text, and the columns it may use. */
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
 * Gives every character outside the blocks its column, in place: each stretch, those with the least room first, is set
 * where it agrees best with the columns between its neighbours. No column is added, so the alignment stays as it is.
 *
 * @param maxCells Cells of dynamic programming allowed; stretches beyond stay at the left.
 * @returns the cells used, and whether some stretch had to do without.
 */
export function fillStretches(
  index: TextIndex,
  copies: Int32Array,
  pieces: MatchedPieces,
  layout: Layout,
  maxCells: number,
  shouldStop: () => boolean,
): { cells: number; hitBudget: boolean } {
  const profile = columnProfile(index, copies, pieces, layout, maxCells);
  if (profile === undefined) return { cells: 0, hitBudget: true };
  const stretches = freeStretches(index, pieces, layout);
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
        setStretch(stretch, diagonals, profile, layout.columnAt);
      }
    }
    const weight = copies[index.textOf[stretch.start]!]!;
    for (let site = stretch.start; site < stretch.endExclusive; site++) {
      countSymbol(profile, site, layout.columnAt[site]!, weight);
    }
  }
  return { cells, hitBudget };
}

/** All runs of sites that stand in no block. */
function freeStretches(index: TextIndex, pieces: MatchedPieces, layout: Layout): Stretch[] {
  const stretches: Stretch[] = [];
  pieces.starts.forEach((starts, text) => {
    const textStart = index.starts[text]!;
    const textEnd = index.starts[text + 1]! - 1;
    let start = textStart;
    for (let piece = 0; piece <= starts.length; piece++) {
      const endExclusive = starts[piece] ?? textEnd;
      const goesOn = endExclusive < textEnd;
      if (endExclusive > start) {
        const firstColumn = start === textStart ? 0 : layout.columnAt[start - 1]! + 1;
        const columnBehind = goesOn ? layout.columnAt[endExclusive]! : layout.columns;
        const slack = columnBehind - firstColumn - (endExclusive - start);
        stretches.push({ start, endExclusive, firstColumn, slack, goesOn });
      }
      start = pieces.ends[text]![piece] ?? textEnd;
    }
  });
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
