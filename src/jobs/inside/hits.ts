/** How often what was predicted is right, by unit. */
import type { Expectation } from "../../analysis/probes/controls";
import { predictedRow } from "../../analysis/probes/tokenRows";
import type { FittedProbe } from "../../engine/probes";
import type { ProbeRow } from "../../formats/study/probes";
import type { ReadStates } from "./readStates";
import { type Split, unitOfRow } from "./split";

/** A token for each position of the parts that are not fitted, `[position of the part]`. */
export type Predictions = Readonly<Record<"choose" | "report", Int32Array>>;

export function expectedTokens(of: Expectation, { choose, report }: Split): Predictions {
  const tokens = (rows: Uint32Array) => Int32Array.from(rows, (row) => of(row));
  return { choose: tokens(choose), report: tokens(report) };
}

/** @param tokens of the classes that were predicted */
export function predictedTokens({ choose, report }: FittedProbe, tokens: Int32Array): Predictions {
  const named = (classes: Int32Array) => classes.map((of) => tokens[of]!);
  return { choose: named(choose), report: named(report) };
}

/** Predictions that the text, and the model's own first choice, bear out. */
export function countHits(
  { rows, firstChoice }: ReadStates,
  split: Split,
  predictions: Predictions,
  ahead: number,
): Pick<ProbeRow, "choose" | "report"> {
  const isText = (row: number, token: number) => rows.token[predictedRow(row, ahead)] === token;
  const isOwn = (row: number, token: number) => firstChoice[row + ahead] === token;
  const inChoose = (is: typeof isText) =>
    split.choose.filter((row, i) => is(row, predictions.choose[i]!)).length;
  const inReport = (is: typeof isText) =>
    countByUnit(
      rows,
      split,
      split.report.filter((row, i) => is(row, predictions.report[i]!)),
    );
  return {
    choose: { text: inChoose(isText), own: inChoose(isOwn) },
    report: { text: inReport(isText), own: inReport(isOwn) },
  };
}

/** @param reported positions of the part that reports */
export function countByUnit(
  rows: ReadStates["rows"],
  { names, reportedUnit }: Split,
  reported: Uint32Array,
): number[] {
  const counts = Array<number>(names.report.length).fill(0);
  for (const row of reported) counts[reportedUnit[unitOfRow(rows, row)]!]! += 1;
  return counts;
}
