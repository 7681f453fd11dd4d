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

/** A share as per cent, to two decimals as the paper has it. */
export function percent(share: number): number {
  return Number((100 * share).toFixed(2));
}
