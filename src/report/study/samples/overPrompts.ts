/** Means over prompts, with intervals that draw prompts whole. */
import { curveIntervals } from "../../../analysis/statistics/bootstrap";
import { mean } from "../../../analysis/statistics/mean";
import type { PromptSamples } from "../../../formats/study/drawnSamples";
import type { Interval, Point } from "../../../protocol/studyFigure";
import { LEAST_FILES } from "../../overall";
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

/** The mean curve over prompts as points of a line, with a band of enough prompts; those without a curve are left out. */
export function curvePoints(
  rows: readonly PromptSamples[],
  of: (row: PromptSamples) => Curve | null,
): Point[] {
  const curves = rows.flatMap((row) => {
    const curve = of(row);
    return curve === null ? [] : [curve];
  });
  if (curves.length === 0) return [];
  const isEnough = curves.length >= LEAST_FILES;
  const intervals = curveIntervals(curves);
  return intervals.flatMap((interval, position) => {
    if (interval === null) return [];
    const { value: y, low, high } = interval;
    const ends = isEnough ? { low, high } : { low: null, high: null };
    return [{ x: (position + 0.5) / intervals.length, y, ...ends }];
  });
}

/** Over positions; null: no value is known. */
export function meanOfCurve(curve: Curve | null): number | null {
  const values = curve?.filter((value) => value !== null) ?? [];
  return values.length === 0 ? null : mean(values);
}
