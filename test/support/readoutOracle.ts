/**
 * The readout in plain float64 TypeScript with a full sort, O(V log V) per row: what the WebAssembly kernel is tested
 * against.
 */
import { CONCENTRATION_KS, COVERAGE_THRESHOLD } from "../../src/protocol/scores";

/** One row of logits, reduced: the quantities of `RowColumns` before they are rounded to their columns' types. */
export interface RowScores {
  /** ln p of the actual token, nats. */
  readonly logProbability: number;
  readonly rank: number;
  /** Nats. */
  readonly entropy: number;
  readonly coverage: number;
  /** C(k) for `CONCENTRATION_KS`, 0 .. 1. */
  readonly concentration: readonly number[];
  readonly topId: readonly number[];
  /** Nats. */
  readonly topLogProbability: readonly number[];
}

/** Reduces one row of logits; `token` is the actual token, `topK` the number of alternatives. */
export function reduceByOracle(logits: ArrayLike<number>, token: number, topK: number): RowScores {
  const row = Float64Array.from(logits, cleanLogit);
  const sorted = row.toSorted().reverse();
  const max = sorted[0]!;
  if (max === -Infinity) return notScored(topK);

  // The largest term is 1, so ln of the sum stays exact when the rest is tiny.
  const logSum = Math.log1p(sum(sorted.subarray(1).map((logit) => Math.exp(logit - max))));
  const logProbability = sorted.map((logit) => logit - max - logSum);
  const probability = logProbability.map(Math.exp);
  const actual = row[token]!;
  const filler = Array<number>(Math.max(0, topK - row.length));

  return {
    logProbability: actual - max - logSum,
    rank: 1 + sorted.filter((logit) => logit > actual).length,
    entropy: -sum(logProbability.map((logP) => (logP === -Infinity ? 0 : Math.exp(logP) * logP))),
    coverage: probability.filter((p) => p > COVERAGE_THRESHOLD).length,
    concentration: CONCENTRATION_KS.map((k) =>
      k >= row.length ? 1 : sum(probability.subarray(0, k)),
    ),
    topId: [...largestIds(row, sorted, topK), ...filler.fill(-1)],
    topLogProbability: [...logProbability.subarray(0, topK), ...filler.fill(-Infinity)],
  };
}

/** NaN counts as -Infinity, +Infinity as the largest finite 32-bit number. */
function cleanLogit(logit: number): number {
  if (Number.isNaN(logit)) return -Infinity;
  return Math.min(logit, LARGEST_FLOAT32);
}

/** Ids by falling logit, ties by rising id: the order of every list and truncation. */
export function idsByFallingLogit(row: Float64Array, ids = [...row.keys()]): number[] {
  return ids.toSorted((a, b) => compareFalling(row[a]!, row[b]!) || a - b);
}

/** The first `count` ids in that order; `sorted` has the row's logits, falling, and spares sorting all ids. */
function largestIds(row: Float64Array, sorted: Float64Array, count: number): number[] {
  const least = sorted[Math.min(count, sorted.length) - 1] ?? Infinity;
  const ids = [...row.keys()].filter((id) => row[id]! >= least);
  return idsByFallingLogit(row, ids).slice(0, count);
}

/** Two -Infinity are compared, not subtracted: their difference is NaN. */
function compareFalling(a: number, b: number): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** A row of nothing but -Infinity defines no distribution: it reads as "not scored". */
function notScored(topK: number): RowScores {
  return {
    logProbability: NaN,
    rank: 0,
    entropy: NaN,
    coverage: 0,
    concentration: CONCENTRATION_KS.map(() => 0),
    topId: Array<number>(topK).fill(-1),
    topLogProbability: Array<number>(topK).fill(-Infinity),
  };
}

/** Terms fall, so they are added from the smallest on. */
function sum(falling: Float64Array): number {
  return falling.reduceRight((total, term) => total + term, 0);
}
