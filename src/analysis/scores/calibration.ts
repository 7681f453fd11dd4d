/** Whether a model is right as often as it is sure: its first choice's probability against how often that stands there. */
import type { TokenRange } from "../text/ranges";
import { isScored, type ScoredTokens } from "../text/tokens";

/**
 * Cells that probabilities of first choices are counted in: of width 1/64 up to 63/64, then halving towards 1, where sure
 * models have most of theirs.
 */
export const CALIBRATION_CELLS = 70;

/** Number of a probability's cell, 0 .. {@link CALIBRATION_CELLS} - 1. */
export function calibrationCell(probability: number): number {
  if (probability < 63 / 64) return Math.max(0, Math.floor(probability * 64));
  const halvings = Math.floor(-Math.log2(Math.max(1 - probability, 2 ** -13)));
  return 57 + Math.min(12, Math.max(6, halvings));
}

/** Of some text: tokens by the probability of the model's first choice, `[cell]`. */
export interface Calibration {
  readonly counts: readonly number[];
  /** Of those, tokens that were the first choice. */
  readonly hits: readonly number[];
  /** The summed probabilities. */
  readonly sums: readonly number[];
}

/** {@link Calibration} of tokens as they come. */
export class CalibrationMeasure {
  private readonly counts = new Array<number>(CALIBRATION_CELLS).fill(0);
  private readonly hits = new Array<number>(CALIBRATION_CELLS).fill(0);
  private readonly sums = new Array<number>(CALIBRATION_CELLS).fill(0);

  /**
   * @param topProbability of the most probable entry at a token, 0 .. 1
   * @param rank of the token, from 1; entries that are equally probable share the first
   */
  add(
    tokens: ScoredTokens,
    topProbability: (token: number) => number,
    rank: ArrayLike<number>,
    range: TokenRange,
  ): void {
    for (let i = range.start; i < range.endExclusive; i++) {
      if (!isScored(tokens, i)) continue;
      const probability = topProbability(i);
      const cell = calibrationCell(probability);
      this.counts[cell]! += 1;
      this.sums[cell]! += probability;
      if (rank[i] === 1) this.hits[cell]! += 1;
    }
  }

  value(): Calibration {
    return { counts: [...this.counts], hits: [...this.hits], sums: [...this.sums] };
  }
}

/** One bin of a reliability curve. */
export interface CalibrationBin {
  readonly count: number;
  /** Mean probability of the first choice. */
  readonly confidence: number;
  /** Share of tokens that were the first choice. */
  readonly accuracy: number;
}

/** Bins of a reliability curve. */
export const CALIBRATION_BINS = 15;

/** Where bins of as equal counts as cells allow end: numbers of cells, exclusive, rising. */
export function binEnds(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const ends: number[] = [];
  let counted = 0;
  /** Bins that what was counted so far fills; a cell may hold as much as several. */
  let filled = 0;
  counts.forEach((count, cell) => {
    counted += count;
    const fills = Math.floor((counted * CALIBRATION_BINS) / total);
    if (count === 0 || fills === filled) return;
    filled = fills;
    ends.push(cell + 1);
  });
  return ends;
}

/** The bins that cells make up; those without a token are left out. */
export function calibrationBins(
  { counts, hits, sums }: Calibration,
  ends: readonly number[],
): CalibrationBin[] {
  const total = (values: readonly number[], from: number, to: number) =>
    values.slice(from, to).reduce((sum, value) => sum + value, 0);
  return ends.flatMap((end, i) => {
    const start = ends[i - 1] ?? 0;
    const count = total(counts, start, end);
    if (count === 0) return [];
    return [
      {
        count,
        confidence: total(sums, start, end) / count,
        accuracy: total(hits, start, end) / count,
      },
    ];
  });
}

/** Expected calibration error: |confidence - accuracy|, mean over tokens, 0 .. 1; NaN without tokens. */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const weighted = bins.reduce(
    (sum, { count, confidence, accuracy }) => sum + count * Math.abs(confidence - accuracy),
    0,
  );
  return weighted / total;
}
