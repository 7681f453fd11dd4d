/** Any plot that a study might give, with values that files might hold. */
import * as fc from "fast-check";
import type { Axis, BarSeries, Family, Plot, PointSeries } from "../../src/protocol/studyFigure";

const names = fc.oneof(
  fc.constantFrom("Wikipedia", "Base", "arXiv abstracts (new papers of 2024)", "維基百科", ""),
  fc.constantFrom(
    "<script>alert(1)</script>",
    "a|b\n`c`",
    "\u202Eevil\u0000\uFFFE\uD800",
    "&amp;\"'",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
);

const numbers = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -2, max: 2, noNaN: true }) },
  { weight: 3, arbitrary: fc.double({ min: 1e-9, max: 1e9, noNaN: true }) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, NaN, Infinity, 1e300, 5e-324, 1e16, 1e16 + 2) },
);

const maybe = fc.option(numbers, { nil: null });

const axes: fc.Arbitrary<Axis> = fc.record({
  label: names,
  scale: fc.constantFrom("linear", "log"),
  format: fc.constantFrom("number", "percent"),
});

const roles: fc.Arbitrary<Family> = fc.constantFrom("base", "rlhf", "other", "quoted");

const intervals = fc.record({ value: numbers, low: maybe, high: maybe });

const levels = fc.record({ value: numbers, label: names });

const barSeries: fc.Arbitrary<BarSeries> = fc.record(
  {
    name: names,
    role: roles,
    values: fc.array(fc.option(intervals, { nil: null }), { maxLength: 12 }),
    levels: fc.array(fc.option(levels, { nil: null }), { maxLength: 12 }),
  },
  { requiredKeys: ["name", "role", "values"] },
);

const pointSeries: fc.Arbitrary<PointSeries> = fc.record(
  {
    name: names,
    role: roles,
    points: fc.array(
      fc.record({ x: numbers, y: numbers, low: maybe, high: maybe, label: names, target: names }),
      { maxLength: 30 },
    ),
    drawnAs: fc.constantFrom("line", "marks"),
  },
  { requiredKeys: ["name", "role", "points"] },
);

const xyPlot = <Kind extends "lines" | "points">(...kinds: Kind[]) =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    x: axes,
    y: axes,
    series: fc.array(pointSeries, { maxLength: 5 }),
    diagonal: fc.boolean(),
  });

export const anyPlot: fc.Arbitrary<Plot> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("bars" as const),
      groups: fc.array(fc.record({ label: names, category: names }), { maxLength: 20 }),
      series: fc.array(barSeries, { maxLength: 6 }),
      y: axes,
      level: names,
    },
    { requiredKeys: ["kind", "groups", "series", "y"] },
  ),
  xyPlot("lines", "points") as fc.Arbitrary<Plot>,
  fc.record({
    kind: fc.constant("panels" as const),
    panels: fc.array(xyPlot("lines"), { maxLength: 7 }),
  }),
);
