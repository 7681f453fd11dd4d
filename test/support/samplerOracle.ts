/** The truncated distribution in plain float64 TypeScript with a full sort: what draws are tested against. */
import type { SamplerSettings } from "../../src/engine/engine";
import { idsByFallingLogit } from "./readoutOracle";

/**
 * Probability of every token, `[id]`, in the order temperature, top-k, top-p, min-p, renormalised. The largest logit of
 * the row has to be finite.
 */
export function truncatedDistribution(row: Float64Array, settings: SamplerSettings): Float64Array {
  const { temperature, topK, topP, minP } = settings;
  const max = row.reduce((a, b) => Math.max(a, b));
  const weight = row.map((logit) => Math.exp((logit - max) / temperature));

  const largest = idsByFallingLogit(row).slice(0, topK > 0 ? topK : row.length);
  const nucleus = smallestPrefix(largest, weight, topP * sumOf(largest, weight));
  const kept = nucleus.filter((id) => weight[id]! >= minP);

  const probability = new Float64Array(row.length);
  const total = sumOf(kept, weight);
  for (const id of kept) probability[id] = weight[id]! / total;
  return probability;
}

/** The first ids whose weights reach `target`, the one that crosses it included. */
function smallestPrefix(ids: readonly number[], weight: Float64Array, target: number): number[] {
  let reached = 0;
  const crossing = ids.findIndex((id) => (reached += weight[id]!) >= target);
  return crossing < 0 ? [...ids] : ids.slice(0, crossing + 1);
}

function sumOf(ids: readonly number[], weight: Float64Array): number {
  return ids.reduce((total, id) => total + weight[id]!, 0);
}
