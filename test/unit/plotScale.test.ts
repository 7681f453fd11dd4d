import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Axis } from "../../src/protocol/studyFigure";
import { tickText, valueText } from "../../src/report/plot/numbers";
import { isDrawable, scaleOf } from "../../src/report/plot/scale";
import { fitted, fittedLines, linesWithin, textWidth } from "../../src/report/plot/textWidth";

const axis = (scale: Axis["scale"], format: Axis["format"] = "number"): Axis => ({
  label: "",
  scale,
  format,
});
const tickTexts = (one: Axis, values: readonly number[], most: number) =>
  scaleOf(one, values, most).ticks.map(({ text }) => text);

describe("an axis", () => {
  it("covers all values, with ticks that rise and can be told apart", () => {
    const anyAxis = fc.record({
      label: fc.constant(""),
      scale: fc.constantFrom("linear" as const, "log" as const),
      format: fc.constantFrom("number" as const, "percent" as const),
    });
    fc.assert(
      fc.property(
        anyAxis,
        fc.array(fc.double()),
        fc.integer({ min: 2, max: 12 }),
        (one, raw, most) => {
          const values = raw.filter((value) => isDrawable(value, one));
          const { low, high, ticks, share } = scaleOf(one, values, most);
          expect(low).toBeLessThan(high);
          for (const value of values) {
            expect(share(value)).toBeGreaterThanOrEqual(-1e-9);
            expect(share(value)).toBeLessThanOrEqual(1 + 1e-9);
          }
          expect(ticks.length).toBeGreaterThanOrEqual(1);
          expect(ticks.length).toBeLessThanOrEqual(2 * most + 3);
          ticks.forEach(({ value }, i) => {
            expect(share(value)).toBeGreaterThanOrEqual(-1e-6);
            expect(share(value)).toBeLessThanOrEqual(1 + 1e-6);
            if (i > 0) expect(value).toBeGreaterThan(ticks[i - 1]!.value);
          });
        },
      ),
    );
  });

  it.each([
    [
      axis("linear"),
      [0, 14_000],
      5,
      ["0", "2,000", "4,000", "6,000", "8,000", "10,000", "12,000", "14,000"],
    ],
    [
      axis("linear", "percent"),
      [-0.31, 0.98],
      5,
      ["−40 %", "−20 %", "0 %", "20 %", "40 %", "60 %", "80 %", "100 %"],
    ],
    [axis("linear"), [0.001, 0.0042], 4, ["0.001", "0.002", "0.003", "0.004", "0.005"]],
    [axis("log"), [1, 10_000], 5, ["1", "10", "100", "1,000", "10,000"]],
    [axis("log"), [8, 90], 5, ["5", "10", "20", "50", "100"]],
    [axis("log"), [1e-8, 1], 4, ["10⁻⁸", "10⁻⁶", "0.0001", "0.01", "1"]],
    [axis("log"), [7.1, 8.9], 5, ["7.0", "7.5", "8.0", "8.5", "9.0"]],
    [axis("linear"), [3, 3], 4, ["2.6", "2.8", "3.0", "3.2", "3.4"]],
    [axis("linear"), [], 4, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
  ] as const)("names its values: %o, %o", (one, values, most, texts) => {
    expect(tickTexts(one, values, most)).toEqual(texts);
  });

  it("has no place for what is not above zero where it is logarithmic, nor for what is no number", () => {
    const places = (one: Axis) =>
      [1, 0, -1, NaN, Infinity, null, undefined].map((value) => isDrawable(value, one));
    expect(places(axis("log"))).toEqual([true, false, false, false, false, false, false]);
    expect(places(axis("linear"))).toEqual([true, true, true, false, false, false, false]);
  });
});

describe("a number", () => {
  it.each([
    [12.345, "number", "12.35"],
    [11_240, "number", "11,240"],
    [0.2839, "percent", "28.39 %"],
    [0.000123, "percent", "0.01230 %"],
    [-0.5, "percent", "−50 %"],
    [2.5e-9, "number", "2.5 × 10⁻⁹"],
    [1e300, "percent", "10³⁰² %"],
    [NaN, "number", "–"],
  ] as const)("%d as a %s is %s", (value, format, text) => {
    expect(valueText(value, format)).toBe(text);
  });

  it("at an axis has the decimals of the step", () => {
    expect(tickText(0.5, 0.25, "number")).toBe("0.5");
    expect(tickText(0.3, 0.1, "percent")).toBe("30 %");
    expect(tickText(0.125, 0.005, "percent")).toBe("12.5 %");
  });
});

describe("text of a width", () => {
  it("is shortened to it, and lines too", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 30, max: 300 }), (text, width) => {
        // Widths are sums of fractions.
        const room = width + 1e-9;
        expect(textWidth(fitted(text, width, 12), 12)).toBeLessThanOrEqual(room);
        const lines = fittedLines(text, width, 12, 2);
        expect(lines.length).toBeLessThanOrEqual(2);
        for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(room);
      }),
    );
  });

  it("breaks between words", () => {
    expect(linesWithin("New arXiv papers", 70, 12, 2)).toEqual(["New arXiv", "papers"]);
    expect(linesWithin("New arXiv papers", 30, 12, 2)).toBeNull();
    expect(fitted("Anthropic Harmless", 70, 12)).toBe("Anthropic…");
  });
});
