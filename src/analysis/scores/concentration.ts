import type { TokenRange } from "../text/ranges";
import type { ScoredTokens } from "../text/tokens";
import { isScored } from "../text/tokens";

/** Summed probabilities of the most probable entries, `[token][k]` row-major. */
export interface ConcentrationTable {
  readonly values: ArrayLike<number>;
  /** Values per token. */
  readonly width: number;
  /** Stored value of a sum of 1. */
  readonly scale: number;
}

/**
 * Paper §3: C(k), the summed probability of the k most probable tokens, as a mean over scored tokens.
 * @param range numbers of tokens
 * @returns one mean per column of the table, 0 .. 1; NaN where nothing is scored
 */
export function meanConcentration(
  tokens: ScoredTokens,
  range: TokenRange,
  table: ConcentrationTable,
): number[] {
  const { values, width, scale } = table;
  const sums = new Float64Array(width);
  let scored = 0;
  for (let i = range.start; i < range.endExclusive; i++) {
    if (!isScored(tokens, i)) continue;
    scored++;
    for (let k = 0; k < width; k++) sums[k] = sums[k]! + values[i * width + k]!;
  }
  return Array.from(sums, (sum) => sum / scored / scale);
}
