import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnOverlap, keptColumns } from "../../src/analysis/samples/overlap";
import { binCurve, BINS, smoothCurve } from "../../src/analysis/samples/positionCurve";
import { readAligned } from "../support/alignedRows";

const curves = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
});
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe("columnOverlap", () => {
  // Six samples, 15 pairs. Column 0: five a, one gap: 10 pairs. Column 1: three b, two c, one d: 3 + 1 pairs.
  // Column 2: four texts only, left out. Column 3: six e: 15 pairs.
  const { texts, alignment } = readAligned(["abxe", "abye", "abxe", "acxe", "ac-e", "-d-e"]);

  it("keeps columns in which five samples have a character", () => {
    expect([...keptColumns(alignment)]).toEqual([0, 1, 3]);
    expect([...keptColumns(alignment, 4)]).toEqual([0, 1, 2, 3]);
  });

  it("is the share of all pairs that agree, absent samples included", () => {
    const overlap = columnOverlap(texts, alignment, keptColumns(alignment));
    expect([...overlap]).toEqual([10 / 15, 4 / 15, 1]);
  });

  it("is nothing for one text and for none", () => {
    const one = readAligned(["abc"]);
    expect([...columnOverlap(one.texts, one.alignment, Int32Array.of(0))]).toEqual([0]);
    expect(keptColumns(readAligned([]).alignment).length).toBe(0);
  });
});

describe("binCurve", () => {
  it("averages with fractional ends", () => {
    // Three columns on two bins: [0, 1.5) holds all of the first and half of the second.
    expect([...binCurve([3, 6, 9], 2)!]).toEqual([(3 + 3) / 1.5, (3 + 9) / 1.5]);
    // Two columns on four bins: each column fills two.
    expect([...binCurve([1, 5], 4)!]).toEqual([1, 1, 5, 5]);
    expect(binCurve([])).toBeNull();
  });

  it("leaves missing values out", () => {
    expect([...binCurve([NaN, 2, 4, NaN], 2)!]).toEqual([2, 4]);
    expect([...binCurve([NaN, NaN, 4, 6], 2)!]).toEqual([NaN, 5]);
  });

  it("keeps the mean", () => {
    fc.assert(
      fc.property(curves, (values) => {
        const binned = binCurve(values)!;
        expect(binned.length).toBe(BINS);
        expect(sum(binned) / BINS).toBeCloseTo(sum(values) / values.length, 10);
      }),
    );
  });
});

describe("smoothCurve", () => {
  it("spreads one bin as a Gaussian of sigma 1, cut at 4", () => {
    const spike = new Float64Array(21);
    spike[10] = 1;
    const smooth = smoothCurve(spike);
    const kernel = Array.from({ length: 9 }, (_, i) => Math.exp(-((i - 4) ** 2) / 2));
    kernel.forEach((weight, i) => expect(smooth[6 + i]).toBeCloseTo(weight / sum(kernel), 12));
    expect(smooth[5]).toBe(0);
    expect(smooth[15]).toBe(0);
  });

  it("reflects at the edges, so that nothing is lost", () => {
    fc.assert(
      fc.property(curves, (values) => {
        expect(sum(smoothCurve(values))).toBeCloseTo(sum(values), 8);
      }),
    );
  });

  it("leaves missing bins missing, and the others unharmed by them", () => {
    const smooth = smoothCurve([2, 2, NaN, 2]);
    expect(smooth[2]).toBeNaN();
    expect(smooth[0]).toBeCloseTo(2, 12);
    expect(smooth[3]).toBeCloseTo(2, 12);
  });
});
