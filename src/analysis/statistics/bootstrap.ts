import { quantile } from "./quantile";
import { seededRandom } from "./random";

/** A mean with its 95 % percentile interval. */
export interface MeanInterval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Segments per block: neighbouring tokens are alike, so blocks are drawn whole. */
export const BLOCK_LENGTH = 64;
const DRAWS = 2000;
const SEED = 1;

/** Values in text order, in cells of equally many; each value is a sum over a number of things of which the mean is wanted. */
export interface TextSums {
  /** How many values. */
  readonly length: number;
  /** Values to a cell; the last one may have fewer. */
  readonly cellSize: number;
  /** `[cell]`. */
  readonly sums: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

/**
 * Whether a difference is real: the mean, all sums / all counts, and its interval by the circular block bootstrap
 * (Politis & Romano 1992), in which every text draws as many blocks from its own values as it has. A text of fewer than
 * eight blocks gets shorter ones, an eighth of it, so that there is something to draw from (a choice of ours). Blocks are
 * of whole cells, at least one. Costs `DRAWS` x (number of blocks).
 * @returns null where no text has two values
 */
export function blockInterval(texts: readonly TextSums[]): MeanInterval | null {
  if (!texts.some(({ length }) => length > 1)) return null;
  const rings = texts.map(toRing);
  const mean = (take: (ring: Ring) => Sums) => {
    let sum = 0;
    let count = 0;
    for (const ring of rings) {
      const taken = take(ring);
      sum += taken.sum;
      count += taken.count;
    }
    return sum / count;
  };
  return percentileInterval(
    mean(({ length, sums, counts }) => ({ sum: sums[length]!, count: counts[length]! })),
    (random) => mean((ring) => drawBlocks(ring, random)),
  );
}

/** A text's cells, the last one followed by the first, as running totals: `[i]` of the first i. */
interface Ring {
  /** Cells. */
  readonly length: number;
  /** Cells that are drawn together. */
  readonly blockLength: number;
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

function toRing({ length, cellSize, sums, counts }: TextSums): Ring {
  const blockValues = Math.min(BLOCK_LENGTH, Math.floor(length / 8));
  return {
    length: sums.length,
    blockLength: Math.max(1, Math.floor(blockValues / cellSize)),
    sums: circularSums(sums),
    counts: circularSums(counts),
  };
}

function drawBlocks({ length, blockLength, sums, counts }: Ring, random: () => number): Sums {
  let sum = 0;
  let count = 0;
  for (let drawn = 0; drawn < length; drawn += blockLength) {
    const from = Math.floor(random() * length);
    const to = from + Math.min(blockLength, length - drawn);
    sum += sums[to]! - sums[from]!;
    count += counts[to]! - counts[from]!;
  }
  return { sum, count };
}

/** What is summed over some things. */
export interface Sums {
  readonly sum: number;
  readonly count: number;
}

/**
 * As {@link blockInterval} with documents that are drawn whole.
 * @returns null for fewer than two documents with values
 */
export function documentInterval(documents: readonly Sums[]): MeanInterval | null {
  const filled = documents.filter(({ count }) => count > 0);
  return filled.length < 2 ? null : strataInterval([filled]);
}

/**
 * The mean over sets of documents, such as corpora, of what `of` makes of each set's mean: its documents' sums over their
 * counts. The interval draws documents whole, within their sets.
 * @param sets each of at least one document with a count above 0
 */
export function strataInterval(
  sets: readonly (readonly Sums[])[],
  of: (mean: number) => number = (mean) => mean,
): MeanInterval {
  const mean = (documents: readonly Sums[], draw: (i: number) => number) => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < documents.length; i++) {
      const document = documents[draw(i)]!;
      sum += document.sum;
      count += document.count;
    }
    return of(sum / count);
  };
  const overSets = (draw: (i: number, length: number) => number) => {
    let total = 0;
    for (const documents of sets) total += mean(documents, (i) => draw(i, documents.length));
    return total / sets.length;
  };
  return percentileInterval(
    overSets((i) => i),
    (random) => overSets((_, length) => Math.floor(random() * length)),
  );
}

/**
 * Any statistic of documents with its interval over documents, drawn whole.
 * @param statistic of documents by number; NaN where a draw gives none
 */
export function statisticInterval(
  length: number,
  statistic: (documents: readonly number[]) => number,
): MeanInterval {
  const all = Array.from({ length }, (_, i) => i);
  return percentileInterval(statistic(all), (random) =>
    statistic(all.map(() => Math.floor(random() * length))),
  );
}

/**
 * Several statistics that share their draws, each as {@link statisticInterval}'s; draws that give none are left out.
 * @returns `[statistic]`; ends are NaN where no draw gives it
 */
export function statisticIntervals(
  length: number,
  statistics: (documents: readonly number[]) => readonly number[],
): MeanInterval[] {
  const all = Array.from({ length }, (_, i) => i);
  const random = seededRandom(SEED);
  const draws = Array.from({ length: DRAWS }, () =>
    statistics(all.map(() => Math.floor(random() * length))),
  );
  return statistics(all).map((value, i) => {
    const known = draws.map((drawn) => drawn[i]!).filter((drawn) => !Number.isNaN(drawn));
    const sorted = Float64Array.from(known).sort();
    return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
  });
}

/**
 * The mean of curves at every position, with its interval over curves drawn whole: that of {@link documentInterval}, whose
 * draws all positions share.
 * @param curves `[curve][position]`, all equally long, at least one; null: missing
 * @returns `[position]`; null where every value is missing
 */
export function curveIntervals(
  curves: readonly (readonly (number | null)[])[],
): (MeanInterval | null)[] {
  const positions = curves[0]!.map((_, position) => curves.map((curve) => curve[position]!));
  const random = seededRandom(SEED);
  const draws = Array.from({ length: DRAWS }, () =>
    Uint32Array.from(curves, () => Math.floor(random() * curves.length)),
  );
  const all = Uint32Array.from(curves.keys());
  return positions.map((values) => {
    const value = meanDrawn(values, all);
    if (Number.isNaN(value)) return null;
    const means = draws.map((drawn) => meanDrawn(values, drawn));
    const known = Float64Array.from(means.filter((mean) => !Number.isNaN(mean))).sort();
    return { value, low: quantile(known, 0.025), high: quantile(known, 0.975) };
  });
}

/** NaN where all that are drawn are missing. */
function meanDrawn(values: readonly (number | null)[], drawn: Uint32Array): number {
  let sum = 0;
  let count = 0;
  for (const i of drawn) {
    const value = values[i]!;
    if (value === null) continue;
    sum += value;
    count += 1;
  }
  return sum / count;
}

/** Sums of the first i values, the sequence taken twice, so that a block may run over its end. */
function circularSums(values: ArrayLike<number>): Float64Array {
  const { length } = values;
  const sums = new Float64Array(2 * length + 1);
  for (let i = 0; i < 2 * length; i++) sums[i + 1] = sums[i]! + values[i % length]!;
  return sums;
}

function percentileInterval(value: number, draw: (random: () => number) => number): MeanInterval {
  const random = seededRandom(SEED);
  const means = Float64Array.from({ length: DRAWS }, () => draw(random)).sort();
  return { value, low: quantile(means, 0.025), high: quantile(means, 0.975) };
}
