import { expect, it } from "vitest";
import { COARSE_BITS_PER_WEIGHT, isCoarse } from "../../src/analysis/scores/quantisation";

it("takes Q4_K_M for coarse, Q6_K and what is finer not", () => {
  // Bits a weight as llama.cpp's table for an 8B model has them.
  expect([4.89, 6.56, 8.5].map((bitsPerWeight) => isCoarse({ bitsPerWeight }))).toEqual([
    true,
    false,
    false,
  ]);
  expect(isCoarse({ bitsPerWeight: COARSE_BITS_PER_WEIGHT })).toBe(false);
});
