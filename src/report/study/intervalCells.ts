import type { Interval } from "../../protocol/studyFigure";

/**
 * A value and the ends of its interval as cells of a table; null: there is none.
 * @param write rounds a number to what is shown
 */
export function intervalCells(
  interval: Interval | null | undefined,
  write: (value: number) => number,
): (number | null)[] {
  return [interval?.value, interval?.low, interval?.high].map((value) =>
    value === undefined || value === null ? null : write(value),
  );
}
