/** Means over prompts, with intervals that draw prompts whole. */
import { curveIntervals } from "../../../analysis/statistics/bootstrap";
import type { PromptSamples } from "../../../formats/study/drawnSamples";
import type { Interval, Point } from "../../../protocol/studyFigure";
import { overDocuments } from "../overDocuments";

/** @param of a prompt's value; null: it has none */
export function overPrompts(
  rows: readonly PromptSamples[],
  of: (row: PromptSamples) => number | null,
): Interval | null {
  const values = rows.flatMap((row) => of(row) ?? []);
  return overDocuments([values.map((sum) => ({ sum, count: 1 }))]);
}

type Curve = readonly (number | null)[];

/** The mean curve over prompts as points of a line; prompts without a curve are left out. */
export function curvePoints(
  rows: readonly PromptSamples[],
  of: (row: PromptSamples) => Curve | null,
): Point[] {
  const curves = rows.flatMap((row) => {
    const curve = of(row);
    return curve === null ? [] : [curve];
  });
  const [first] = curves;
  if (first === undefined) return [];
  const intervals: readonly (Interval | null)[] =
    curves.length === 1
      ? first.map((value) => (value === null ? null : { value, low: null, high: null }))
      : curveIntervals(curves);
  return intervals.flatMap((interval, position) => {
    if (interval === null) return [];
    const { value: y, low, high } = interval;
    return [{ x: (position + 0.5) / intervals.length, y, low, high }];
  });
}
