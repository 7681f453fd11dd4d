import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  crossing,
  nextNucleus,
  type NucleusDiversity,
} from "../../src/analysis/samples/matchedNucleus";

/** Nuclei with the mean diversity of each, of one prompt. */
const points = (...means: readonly (readonly [topP: number, mean: number])[]): NucleusDiversity[] =>
  means.map(([topP, mean]) => ({ topP, diversity: [mean] }));

describe("the nucleus of equal diversity", () => {
  // Halfway between 0.4 and 0.6 is 0.5.
  it("lies on the line between the nuclei around it", () => {
    expect(crossing(points([0.6, 0.4], [0.8, 0.6]), [0.5])).toBeCloseTo(0.7, 12);
    expect(crossing(points([0.6, 0.4], [0.8, 0.6]), [0.6])).toBeCloseTo(0.8, 12);
  });

  it("is the nearer end where no nucleus is so diverse, or all are more", () => {
    expect(crossing(points([0.6, 0.4], [0.8, 0.6]), [0.3])).toBe(0.6);
    expect(crossing(points([0.6, 0.4], [0.8, 0.6]), [0.9])).toBe(0.8);
    expect(crossing(points([0.7, 0.4]), [0.9])).toBe(0.7);
  });

  it("is the first of several places where noise makes the curve go down", () => {
    expect(crossing(points([0.6, 0.4], [0.7, 0.6], [0.8, 0.4], [0.9, 0.6]), [0.5])).toBeCloseTo(
      0.65,
      12,
    );
  });

  it("is that of means over prompts, of which some may be drawn more than once", () => {
    const two = [
      { topP: 0.6, diversity: [0.2, 0.4] },
      { topP: 0.8, diversity: [0.4, 0.8] },
    ];
    // Means 0.3 and 0.6 around 0.45; of the first prompt alone 0.2 and 0.4 around 0.25.
    expect(crossing(two, [0.25, 0.65])).toBeCloseTo(0.7, 12);
    expect(crossing(two, [0.25, 0.65], [0, 0])).toBeCloseTo(0.65, 12);
  });
});

describe("the search for it", () => {
  it("tries where the line crosses, to a hundredth, until that was tried", () => {
    const known = points([0.6, 0.4], [0.8, 0.7]);
    expect(nextNucleus(known, [0.5])).toBe(0.67);
    expect(nextNucleus(points([0.6, 0.4], [0.67, 0.5], [0.8, 0.7]), [0.5])).toBeNull();
  });

  it("goes down by halves, as far as a tenth, where base is always more diverse", () => {
    expect(nextNucleus(points([0.7, 0.9]), [0.5])).toBe(0.35);
    expect(nextNucleus(points([0.18, 0.9]), [0.5])).toBe(0.1);
    expect(nextNucleus(points([0.1, 0.9], [0.7, 0.95]), [0.5])).toBeNull();
  });

  it("goes up to the whole distribution where base is never so diverse", () => {
    expect(nextNucleus(points([0.7, 0.3]), [0.5])).toBe(1);
    expect(nextNucleus(points([0.7, 0.3], [1, 0.4]), [0.5])).toBeNull();
    expect(nextNucleus(points([0.7, 0.3], [1, 0.6]), [0.5])).toBe(0.9);
  });

  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const nucleus = fc.double({ min: 0.01, max: 1, noNaN: true });

  it("ends, whatever the curve, and tries no nucleus twice", () => {
    const curves = fc.record({
      start: fc.uniqueArray(nucleus, { minLength: 1, maxLength: 6 }),
      // Diversity at each hundredth, in any order: noise.
      curve: fc.array(share, { minLength: 101, maxLength: 101 }),
      wanted: share,
    });
    fc.assert(
      fc.property(curves, ({ start, curve, wanted }) => {
        const tried = searched(start, (topP) => curve[Math.round(topP * 100)]!, wanted);
        expect(new Set(tried).size).toBe(tried.length);
        for (const topP of tried.slice(start.length)) {
          expect(topP).toBeGreaterThanOrEqual(0.01);
          expect(topP).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("ends within two hundredths of where a growing curve has the wanted diversity", () => {
    const growing = fc.record({
      start: fc.constantFrom([0.6, 0.7, 0.8, 0.9, 1], [0.7], [0.2]),
      power: fc.double({ min: 0.5, max: 2, noNaN: true }),
      at: fc.double({ min: 0.2, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(growing, ({ start, power, at }) => {
        const tried = searched(start, (topP) => topP ** power, at ** power);
        expect(Math.min(...tried.map((topP) => Math.abs(topP - at)))).toBeLessThan(0.02);
      }),
    );
  });
});

/** Every nucleus that was tried, those at the start first. */
function searched(
  start: readonly number[],
  diversity: (topP: number) => number,
  wanted: number,
): number[] {
  const tried = [...start];
  for (;;) {
    const known = tried
      .toSorted((a, b) => a - b)
      .map((topP) => ({ topP, diversity: [diversity(topP)] }));
    const next = nextNucleus(known, [wanted]);
    if (next === null) return tried;
    tried.push(next);
    expect(tried.length).toBeLessThan(start.length + 110);
  }
}
