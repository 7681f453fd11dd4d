import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { alignTexts } from "../../src/analysis/align/align";
import { patience } from "../support/patience";
import { readAligned } from "../support/alignedRows";
import { RUN_LENGTHS, runCharacters } from "../support/runCharacters";

/** Samples drawn by the pair that comes with Twinlens, and the characters in runs that `mafft --text` 7.505 finds. */
const FIXTURES = join(import.meta.dirname, "../fixtures/alignRuns");

interface RealSet {
  readonly samples: readonly string[];
  readonly mafft: Readonly<Record<string, number>>;
}

/** The sets' runs of 4 characters are half chance; MAFFT, which matches letters, has more of them. */
const COMPARED = RUN_LENGTHS.filter((length) => length >= 8);

describe("runCharacters", () => {
  it("counts the characters of both texts' runs once, a gap or another letter in one of them ends a run", () => {
    const { texts, alignment } = readAligned([
      "0123456789abcdef-ghijklm",
      "0123456789xbcdef-ghijklm",
      "0123456789abcdefZghi----",
    ]);
    // Rows 1 and 2: 10, then 5 + 7 over a gap of both; rows 1 and 3: 16, then 3; rows 2 and 3: 10, 5, then 3.
    expect(runCharacters(texts, alignment.rows)).toEqual([
      10 + 12 + 16 + 10 + 5,
      10 + 12 + 16 + 10,
      16,
      0,
    ]);
  });
});

describe("real samples", { timeout: patience(60_000) }, () => {
  for (const name of readdirSync(FIXTURES)) {
    it(`stand in common columns as long as MAFFT aligns them: ${name}`, () => {
      const { samples, mafft } = JSON.parse(readFileSync(join(FIXTURES, name), "utf8")) as RealSet;
      const alignment = alignTexts(samples)!;
      expect(alignment.hitBudget).toBe(false);
      const runs = runCharacters(samples, alignment.rows);
      for (const length of COMPARED) {
        const found = runs[RUN_LENGTHS.indexOf(length)];
        expect(found, `in runs of ${length}`).toBeGreaterThanOrEqual(mafft[length]!);
      }
    });
  }
});
