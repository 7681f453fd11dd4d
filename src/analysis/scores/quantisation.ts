/**
 * Bits a weight below which quantisation alone moves a perplexity visibly, by as much as RLHF may (llama.cpp's table:
 * Q4_K_M by 0.17 at 8 B parameters).
 */
export const COARSE_BITS_PER_WEIGHT = 6;

/** Whether numbers of a model call for a caution: its weights are quantised coarsely. */
export function isCoarse({ bitsPerWeight }: { readonly bitsPerWeight: number }): boolean {
  return bitsPerWeight < COARSE_BITS_PER_WEIGHT;
}
