/** What probes are held against: the best control, and places around anchors at equal surprisal. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnchorCounts, aroundAnchors } from "../../src/analysis/probes/aroundAnchors";
import { accuracySums, bestOf, excessSums, meanDifference } from "../../src/analysis/probes/excess";
import {
  binned,
  type PlaceCounts,
  standardisedRates,
  standardOf,
} from "../../src/analysis/probes/standardised";
import { statisticInterval, statisticIntervals } from "../../src/analysis/statistics/bootstrap";

/** Units that are all alike: `[positions, hits, hits of the control]` of each bin. */
function alike(units: number, bins: readonly (readonly [number, number, number])[]): PlaceCounts {
  const column = (i: 0 | 1 | 2) => Array.from({ length: units }, () => bins.map((bin) => bin[i]));
  return { positions: column(0), hits: column(1), controlHits: column(2) };
}

const ratesOf = (place: PlaceCounts, weights: readonly number[], units = [0]) =>
  standardisedRates(binned(place, weights.length), units, { weights });

describe("a probe and its controls", () => {
  it("the best control is that of the part that chooses; of equal ones the first", () => {
    const controls = [
      { name: "a", choose: 3 },
      { name: "b", choose: 7 },
      { name: "c", choose: 7 },
    ];
    expect(bestOf(controls, ({ choose }) => choose)?.name).toBe("b");
    expect(bestOf([], () => 0)).toBeNull();
  });

  it("the excess is paired within units; hits that a file lacks are none", () => {
    expect(accuracySums([3], [4, 5])).toEqual([
      { sum: 3, count: 4 },
      { sum: 0, count: 5 },
    ]);
    expect(excessSums([3, 1], [1, 2], [4, 5])).toEqual([
      { sum: 2, count: 4 },
      { sum: -1, count: 5 },
    ]);
  });

  it("means are those of all positions of the units drawn, as often as they are", () => {
    const one = accuracySums([4, 0], [4, 12]);
    const other = accuracySums([1, 1], [4, 4]);
    expect(meanDifference(one, other, [0, 1])).toBeCloseTo(4 / 16 - 2 / 8, 12);
    expect(meanDifference(one, other, [0, 0])).toBeCloseTo(1 - 1 / 4, 12);
  });
});

describe("rates at equal surprisal", () => {
  it("weight bins as one place has them, as far as all have positions there", () => {
    const [before, outside] = [
      alike(1, [
        [10, 0, 0],
        [30, 0, 0],
        [5, 0, 0],
      ]),
      alike(1, [
        [2, 0, 0],
        [2, 0, 0],
        [0, 0, 0],
      ]),
    ].map((place) => binned(place, 3));
    const standard = standardOf(before!, [before!, outside!])!;
    expect(standard.weights).toEqual([0.25, 0.75, 0]);
    expect(standard.covered).toBeCloseTo(40 / 45, 12);
    expect(standardOf(binned(alike(1, [[0, 0, 0]]), 1), [])).toBeNull();
  });

  it("are equal where only the surprise differs", () => {
    // Found at 50 % where unsurprising and at 10 % where surprising, in places of other mixes.
    const calm = alike(1, [
      [90, 45, 9],
      [10, 1, 0],
    ]);
    const wild = alike(1, [
      [10, 5, 1],
      [90, 9, 0],
    ]);
    for (const place of [calm, wild]) {
      expect(ratesOf(place, [0.25, 0.75])).toEqual({
        probe: expect.closeTo(0.25 * 0.5 + 0.75 * 0.1, 12) as number,
        control: expect.closeTo(0.25 * 0.1, 12) as number,
      });
    }
  });

  it("leave a bin out that the units drawn have no position in", () => {
    const place: PlaceCounts = {
      positions: [
        [4, 0],
        [4, 4],
      ],
      hits: [
        [2, 0],
        [4, 0],
      ],
      controlHits: [
        [0, 0],
        [0, 4],
      ],
    };
    expect(ratesOf(place, [0.5, 0.5], [0])).toEqual({ probe: 0.5, control: 0 });
    expect(ratesOf(place, [0.5, 0.5], [0, 1])).toEqual({ probe: 0.375, control: 0.5 });
    expect(ratesOf(place, [0, 1], [0]).probe).toBeNaN();
  });

  it("are shares, and the place's own rate where it is its own standard", () => {
    const bin = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map(([hits, more, control]) => {
      const positions = hits + more + 1;
      return [positions, hits, Math.min(control, positions)] as const;
    });
    fc.assert(
      fc.property(fc.array(bin, { minLength: 1, maxLength: 10 }), (bins) => {
        const place = binned(alike(2, bins), bins.length);
        const standard = standardOf(place, [place])!;
        const { probe, control } = standardisedRates(place, [0, 1], standard);
        const sum = (i: 0 | 1 | 2) => bins.reduce((total, of) => total + of[i], 0);
        expect(standard.covered).toBe(1);
        expect(probe).toBeCloseTo(sum(1) / sum(0), 10);
        expect(control).toBeCloseTo(sum(2) / sum(0), 10);
      }),
    );
  });
});

describe("around anchors", () => {
  const counts: AnchorCounts = {
    before: alike(6, [
      [10, 6, 2],
      [10, 2, 0],
      [5, 5, 5],
    ]),
    inside: alike(6, [
      [20, 16, 4],
      [1, 0, 0],
      [0, 0, 0],
    ]),
    outside: alike(6, [
      [40, 16, 8],
      [60, 6, 6],
      [9, 0, 0],
    ]),
  };

  it("places compare by what both hold, the excess and its difference with them", () => {
    const found = aroundAnchors(counts)!;
    // Both bins weigh one half, the third is not compared.
    expect(found.covered).toBeCloseTo(20 / 25, 12);
    expect(found.before).toMatchObject({ positions: 150, probe: 0.4, control: 0.1 });
    expect(found.inside).toMatchObject({ positions: 126, probe: 0.4, control: 0.1 });
    expect(found.outside.probe).toBeCloseTo(0.25, 12);
    expect(found.outside.control).toBeCloseTo(0.15, 12);
    // Units are alike: every draw gives the same.
    for (const end of Object.values(found.difference)) expect(end).toBeCloseTo(0.3 - 0.1, 12);
    expect(found.units).toBe(6);
  });

  it("have intervals over units that are not alike, and count those with something before", () => {
    const mixed = (place: PlaceCounts): PlaceCounts => ({
      ...place,
      hits: place.hits.map((bins, unit) => bins.map((hits) => (unit % 2 === 0 ? hits : 0))),
    });
    const none = counts.before.positions.map((bins, unit) => bins.map((n) => (unit > 3 ? 0 : n)));
    const found = aroundAnchors({
      ...counts,
      before: { ...mixed(counts.before), positions: none },
    })!;
    expect(found.before.excess.low).toBeLessThan(found.before.excess.value);
    expect(found.before.excess.high).toBeGreaterThan(found.before.excess.value);
    expect(found.units).toBe(4);
  });

  it("are not compared where no bin has positions of all", () => {
    const apart = alike(6, [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [7, 1, 1],
    ]);
    expect(aroundAnchors({ ...counts, inside: apart })).toBeNull();
    expect(aroundAnchors({ before: alike(0, []), inside: apart, outside: apart })).toBeNull();
  });
});

describe("several statistics of the same draws", () => {
  it("are each what it is alone", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const sum = (units: readonly number[]) => units.reduce((all, unit) => all + values[unit]!, 0);
    const [one, other] = statisticIntervals(8, (units) => [sum(units), -sum(units)]);
    expect(one).toEqual(statisticInterval(8, sum));
    expect(other!.value).toBe(-31);
    expect(other!.low).toBeCloseTo(-one!.high, 12);
  });

  it("leave out draws that give none", () => {
    const [known, none] = statisticIntervals(4, (units) => [units.includes(0) ? 1 : NaN, NaN]);
    expect(known).toEqual({ value: 1, low: 1, high: 1 });
    expect(Object.values(none!)).toEqual([NaN, NaN, NaN]);
  });
});
