import { describe, expect, it } from "vitest";
import type { ChanceView, MeanCurve } from "../../src/protocol/anchorViews";
import { againstChance } from "../../src/report/againstChance";

/** Twenty percent at each place, give or take ten; in the second half twice that. */
const band: MeanCurve = {
  mean: [0.2, 0.2, 0.4, 0.4],
  low: [0.1, 0.1, 0.2, 0.2],
  high: [0.3, 0.3, 0.6, 0.6],
  all: { value: 0.3, low: 0.15, high: 0.45 },
};
const chance: ChanceView = {
  kind: "sentences",
  draws: 20,
  seed: 1,
  overlap: band,
  alignedShare: { ...band, low: [0, 0, 0, 0], high: [1, 1, 1, 1] },
};
const flat = (value: number) => [value, value, value, value];
const at = (middle: number | null, overlap: readonly number[] | null, level: ChanceView | null) =>
  againstChance({ middle }, overlap, level);

describe("overlap at an anchor against chance", () => {
  it("is read at the anchor's middle, against the band there", () => {
    expect(at(0.3, flat(0.5), chance)).toBe("above");
    expect(at(0.5, flat(0.5), chance)).toBe("inside");
    expect(at(0, flat(0.05), chance)).toBe("below");
    expect(at(0.3, [0, 0.5, 0, 0], chance)).toBe("above");
  });

  it("is inside on the band's own borders, and at the very end", () => {
    expect(at(0, flat(0.3), chance)).toBe("inside");
    expect(at(0, flat(0.1), chance)).toBe("inside");
    expect(at(1, flat(0.7), chance)).toBe("above");
  });

  it("is not measured without a curve, a place or a band", () => {
    expect(at(0.3, null, chance)).toBeNull();
    expect(at(null, flat(0.5), chance)).toBeNull();
    expect(at(0.3, flat(0.5), null)).toBeNull();
    const single = { ...chance, overlap: { ...band, low: null, high: null } };
    expect(at(0.3, flat(0.5), single)).toBeNull();
  });
});
