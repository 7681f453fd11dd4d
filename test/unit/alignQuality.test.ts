import { describe, expect, it } from "vitest";
import { alignTexts } from "../../src/analysis/align/align";
import { patience } from "../support/patience";
import { plantedQuality } from "../support/plantedQuality";
import { plantTexts } from "../support/plantedTexts";

/** Occurrences of planted sentences that must start where the others do and fill consecutive columns. */
const BAR = 0.98;

const SEEDS = [1, 2, 3, 4, 5];

/** Pairs of equal characters within planted sentences that MAFFT 7.505 --text matches, seed 1 (test/bench/align.ts). */
const MAFFT_PAIRS = new Map([
  [170, 210_082],
  [1300, 1_391_322],
]);

describe("planted sentences", { timeout: patience(60_000) }, () => {
  for (const [characters, mafftPairs] of MAFFT_PAIRS) {
    for (const seed of SEEDS) {
      it(`stand in the same consecutive columns: ${characters} characters, seed ${seed}`, () => {
        const planted = plantTexts({ characters, seed });
        const alignment = alignTexts(planted.texts)!;
        const quality = plantedQuality(planted, alignment.rows);
        expect(quality.counted).toBeGreaterThanOrEqual(BAR);
        expect(alignment.hitBudget).toBe(false);
        if (seed === 1) expect(quality.plantedPairs).toBeGreaterThanOrEqual(mafftPairs);
      });
    }
  }
});
