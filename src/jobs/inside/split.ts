import { type Part, rowsByPart } from "../../analysis/probes/parts";
import { rowsBefore, type TokenRows } from "../../analysis/probes/tokenRows";

/** Positions by part, from which tokens up to some distance ahead are predicted. */
export interface Split extends Readonly<Record<Part, Uint32Array>> {
  /** Names of the units that have positions, by part. */
  readonly names: Readonly<Record<Part, readonly string[]>>;
  /** Place of each unit among those that report; -1: it is none of them, `[unit]`. */
  readonly reportedUnit: Int32Array;
}

/**
 * @param parts `[unit]`
 * @param ahead the largest distance
 * @param units their names
 * @returns null: a part has no position
 */
export function splitFor(
  rows: TokenRows,
  parts: readonly Part[],
  ahead: number,
  units: readonly string[],
): Split | null {
  const byPart = rowsByPart(rows, rowsBefore(rows, ahead), parts);
  const unitsOf = (of: Uint32Array) => new Set(Array.from(of, (row) => unitOfRow(rows, row)));
  const there = { fit: unitsOf(byPart.fit), choose: unitsOf(byPart.choose) };
  const reported = [...unitsOf(byPart.report)].sort((a, b) => a - b);
  if (there.fit.size === 0 || there.choose.size === 0 || reported.length === 0) return null;
  const reportedUnit = new Int32Array(units.length).fill(-1);
  reported.forEach((unit, i) => (reportedUnit[unit] = i));
  const namesOf = (of: Iterable<number>) => Array.from(of, (unit) => units[unit]!);
  return {
    ...byPart,
    names: {
      fit: namesOf(there.fit),
      choose: namesOf(there.choose),
      report: namesOf(reported),
    },
    reportedUnit,
  };
}

export function unitOfRow({ window, unitOf }: TokenRows, row: number): number {
  return unitOf[window[row]!]!;
}
