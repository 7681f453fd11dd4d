import { describe, expect, it } from "vitest";
import type { AlignmentView } from "../../src/protocol/anchorViews";
import { meanOverPrompts } from "../../src/jobs/runs/means";

/** What one prompt's alignment says, as far as means look at it. */
function prompt(
  overlap: number | null,
  sharing = [4, 2],
  diversity: (number | null)[] = [0.5, null],
): AlignmentView {
  return {
    columns: 1,
    rows: [],
    common: [],
    hitBudget: false,
    overlap: overlap === null ? null : Array<number>(100).fill(overlap),
    alignedShare: overlap === null ? null : Array<number>(100).fill(overlap / 2),
    entropyBits: null,
    ngrams: {
      unit: "words",
      shared: sharing.map((samples, i) => ({ n: 5 * (i + 1), samples, text: "" })),
      tenGrams: [],
      diversity,
    },
  };
}

describe("meanOverPrompts", () => {
  it("averages sharing and diversity, prompts without a value left out of the latter", () => {
    const means = meanOverPrompts([prompt(0.2), prompt(0.4, [8, 0], [0.7, 0.1])]);
    expect(means).toMatchObject({ prompts: 2, unit: "words" });
    expect(means.sharing).toEqual([
      { n: 5, samples: 6 },
      { n: 10, samples: 1 },
    ]);
    expect(means.diversity[0]).toBeCloseTo(0.6, 12);
    expect(means.diversity[1]).toBeCloseTo(0.1, 12);
    expect(meanOverPrompts([prompt(0)]).diversity[1]).toBeNull();
  });

  it("averages the curves and leaves prompts without kept columns out, counted", () => {
    const { overlap, withoutOverlap } = meanOverPrompts([prompt(0.2), prompt(null), prompt(0.4)]);
    expect(withoutOverlap).toBe(1);
    expect(overlap?.mean).toHaveLength(100);
    for (const value of overlap!.mean) expect(value).toBeCloseTo(0.3, 12);
    expect(overlap?.all.value).toBeCloseTo(0.3, 12);
  });

  it("has a band between the extremes of prompts, the same every time", () => {
    const prompts = [0.1, 0.2, 0.3, 0.4].map((overlap) => prompt(overlap));
    const { overlap } = meanOverPrompts(prompts);
    // Constant curves: the band is that of the mean of four values drawn with replacement.
    expect(overlap!.low![50]).toBeGreaterThanOrEqual(0.1);
    expect(overlap!.low![50]).toBeLessThan(0.2);
    expect(overlap!.high![50]).toBeGreaterThan(0.3);
    expect(overlap!.high![50]).toBeLessThanOrEqual(0.4);
    expect(overlap!.all.low).toBeLessThan(0.25);
    expect(overlap!.all.high).toBeGreaterThan(0.25);
    expect(meanOverPrompts(prompts)).toEqual(meanOverPrompts(prompts));
  });

  it("has no band for one prompt, and no curve where no prompt has one", () => {
    const { overlap } = meanOverPrompts([prompt(0.25)]);
    expect(overlap?.mean[50]).toBeCloseTo(0.25, 12);
    expect(overlap).toMatchObject({ low: null, high: null });
    expect(overlap?.all).toEqual({ value: 0.25, low: null, high: null });
    expect(meanOverPrompts([prompt(null)])).toMatchObject({ overlap: null, withoutOverlap: 1 });
  });
});
