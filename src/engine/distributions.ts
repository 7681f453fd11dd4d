/** Columns of distributions, and how parts of them are taken and put. */
import { CONCENTRATION_KS, type DistributionColumns, type TokenRange } from "../protocol/scores";

/** Of `count` tokens that are not scored. */
export function unscoredDistributions(count: number, topK: number): DistributionColumns {
  return {
    rank: new Uint32Array(count),
    entropy: new Float32Array(count).fill(NaN),
    coverage: new Uint32Array(count),
    concentration: new Uint16Array(count * CONCENTRATION_KS.length),
    topK,
    topId: new Int32Array(count * topK).fill(-1),
    topLogProbability: new Float32Array(count * topK).fill(-Infinity),
  };
}

/** Those of some tokens; views, not copies. */
export function sliceDistributions(
  of: DistributionColumns,
  { start, endExclusive }: TokenRange,
): DistributionColumns {
  const { topK } = of;
  const ks = CONCENTRATION_KS.length;
  return {
    rank: of.rank.subarray(start, endExclusive),
    entropy: of.entropy.subarray(start, endExclusive),
    coverage: of.coverage.subarray(start, endExclusive),
    concentration: of.concentration.subarray(start * ks, endExclusive * ks),
    topK,
    topId: of.topId.subarray(start * topK, endExclusive * topK),
    topLogProbability: of.topLogProbability.subarray(start * topK, endExclusive * topK),
  };
}

/**
 * @param from as many alternatives as in `to`
 * @param at number of the first token
 */
export function writeDistributions(
  to: DistributionColumns,
  from: DistributionColumns,
  at: number,
): void {
  to.rank.set(from.rank, at);
  to.entropy.set(from.entropy, at);
  to.coverage.set(from.coverage, at);
  to.concentration.set(from.concentration, at * CONCENTRATION_KS.length);
  to.topId.set(from.topId, at * to.topK);
  to.topLogProbability.set(from.topLogProbability, at * to.topK);
}
