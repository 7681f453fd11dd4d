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

/**
 * Whether a difference is real: the mean of values in text order and its interval by the circular block bootstrap
 * (Politis & Romano 1992). A text of fewer than eight blocks gets shorter ones, an eighth of it, so that there is
 * something to draw from (a choice of ours). Costs `DRAWS` x (number of blocks).
 * @returns null for fewer than two values
 */
export function blockInterval(values: ArrayLike<number>): MeanInterval | null {
  const { length } = values;
  if (length < 2) return null;
  const sums = circularSums(values);
  const blockLength = Math.max(1, Math.min(BLOCK_LENGTH, Math.floor(length / 8)));
  return percentileInterval(sums[length]! / length, (random) => {
    let total = 0;
    for (let drawn = 0; drawn < length; drawn += blockLength) {
      const from = Math.floor(random() * length);
      const taken = Math.min(blockLength, length - drawn);
      total += sums[from + taken]! - sums[from]!;
    }
    return total / length;
  });
}

/**
 * As {@link blockInterval} for several documents, which are drawn whole: the mean over all their values.
 * @returns null for fewer than two documents with values
 */
export function documentInterval(
  documents: readonly { readonly sum: number; readonly count: number }[],
): MeanInterval | null {
  const filled = documents.filter(({ count }) => count > 0);
  if (filled.length < 2) return null;
  const mean = (draw: (i: number) => number) => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < filled.length; i++) {
      const document = filled[draw(i)]!;
      sum += document.sum;
      count += document.count;
    }
    return sum / count;
  };
  return percentileInterval(
    mean((i) => i),
    (random) => mean(() => Math.floor(random() * filled.length)),
  );
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

/** Linear between the two nearest of sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}
