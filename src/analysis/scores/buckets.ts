/**
 * Buckets of the heat map: which of a view's colours a value gets: five steps of surprisal, three of rank, three on
 * each side of the difference. Values are compared as 32-bit floats, in which they travel.
 */

/** Bits from which surprisal counts one bucket more: a fair coin's toss, then doubling, then the tail. */
export const SURPRISAL_THRESHOLDS = [1, 2, 4, 8, 12] as const;

/** Absolute difference in bits from which it counts one bucket more. */
export const DIFFERENCE_THRESHOLDS = [0.5, 2, 5] as const;

/** Ranks from which it counts one bucket more: best guess, first ten, first hundred, beyond. */
export const RANK_THRESHOLDS = [2, 11, 101] as const;

/** 0 (expected; left unpainted) .. 5; null for what is not scored (NaN). */
export function surprisalBucket(bits: number): number | null {
  return Number.isNaN(bits) ? null : steps(bits, SURPRISAL_THRESHOLDS);
}

/** -3 (the base model is more surprised) .. 3 (the RLHF model is); 0 is left unpainted; null for NaN. */
export function differenceBucket(bits: number): number | null {
  if (Number.isNaN(bits)) return null;
  const size = steps(Math.abs(bits), DIFFERENCE_THRESHOLDS);
  return bits < 0 && size > 0 ? -size : size;
}

/** 0 (rank 1) .. 3 (beyond 100); null for rank 0, which is not scored. */
export function rankBucket(rank: number): number | null {
  return rank >= 1 ? steps(rank, RANK_THRESHOLDS) : null;
}

/** Bucket of a cell's value in one of the heat map's views. */
export function bucketOf(
  view: "base" | "rlhf" | "difference" | "rank" | "baseRank",
  value: number,
): number | null {
  switch (view) {
    case "base":
    case "rlhf":
      return surprisalBucket(value);
    case "difference":
      return differenceBucket(value);
    case "rank":
    case "baseRank":
      return rankBucket(value);
  }
}

/** How many thresholds a value has reached. */
function steps(value: number, thresholds: readonly number[]): number {
  const single = Math.fround(value);
  return thresholds.filter((threshold) => single >= threshold).length;
}
