import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  binEnds,
  CALIBRATION_BINS,
  CALIBRATION_CELLS,
  calibrationBins,
  calibrationCell,
  calibrationError,
  CalibrationMeasure,
} from "../../src/analysis/scores/calibration";

/** Tokens with the probability of the first choice, and whether that stands there. */
function measured(tokens: readonly (readonly [probability: number, isFirst: boolean])[]) {
  const measure = new CalibrationMeasure();
  const columns = {
    count: tokens.length,
    start: tokens.map((_, i) => i),
    endExclusive: tokens.map((_, i) => i + 1),
    logProbability: tokens.map(() => -1),
  };
  measure.add(
    columns,
    (i) => tokens[i]![0],
    tokens.map(([, isFirst]) => (isFirst ? 1 : 2)),
    { start: 0, endExclusive: tokens.length },
  );
  return measure.value();
}

describe("cells of probabilities", () => {
  it.each([
    [0, 0],
    [1 / 64, 1],
    [0.5, 32],
    [62.9 / 64, 62],
    [63 / 64, 63],
    [1 - 2 ** -7, 64],
    [1 - 2 ** -12, 69],
    [1, CALIBRATION_CELLS - 1],
  ])("%f is in cell %i", (probability, cell) => {
    expect(calibrationCell(probability)).toBe(cell);
  });

  it("rise with the probability, and none is missing", () => {
    const cells = Array.from({ length: 65_536 }, (_, i) => calibrationCell(i / 65_535));
    expect(cells).toEqual(cells.toSorted((a, b) => a - b));
    expect(new Set(cells).size).toBe(CALIBRATION_CELLS);
  });
});

describe("calibration", () => {
  it("is no error where a model is right as often as it is sure", () => {
    const tokens = Array.from({ length: 100 }, (_, i) => [0.25, i % 4 === 0] as const);
    const calibration = measured(tokens);
    const bins = calibrationBins(calibration, binEnds(calibration.counts));
    expect(bins).toEqual([{ count: 100, confidence: 0.25, accuracy: 0.25 }]);
    expect(calibrationError(bins)).toBe(0);
  });

  it("is the mean distance over tokens", () => {
    const sure = Array.from({ length: 30 }, () => [0.9, false] as const);
    const right = Array.from({ length: 10 }, () => [0.5, true] as const);
    const calibration = measured([...sure, ...right]);
    const bins = calibrationBins(calibration, binEnds(calibration.counts));
    expect(calibrationError(bins)).toBeCloseTo((30 * 0.9 + 10 * 0.5) / 40, 12);
  });

  it("takes in every token once, in at most 15 bins of about equal count", () => {
    const tokens = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(tokens, (list) => {
        const calibration = measured(list);
        const bins = calibrationBins(calibration, binEnds(calibration.counts));
        expect(bins.length).toBeLessThanOrEqual(CALIBRATION_BINS);
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(list.length);
        const most = Math.max(...calibration.counts);
        for (const { count } of bins) {
          expect(count).toBeLessThanOrEqual(list.length / CALIBRATION_BINS + most);
        }
      }),
    );
  });
});
