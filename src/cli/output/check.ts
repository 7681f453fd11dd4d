/** Numbers of studies and what came of checking them, as the command line writes it. */
import { csvLine } from "../../analysis/presentation/csv";
import { NO_NUMBER, visibleText } from "../../analysis/presentation/format";
import type { Check } from "../../report/check/checkResult";
import { exceededWords, numberName, numberText, verdictLine } from "../../report/check/checkWords";
import { inDigits } from "../../report/check/digits";
import { ALL_LABELS, type QuantityRow } from "../../report/study/quantities";
import { alignColumns } from "./columns";

/** What came of each threshold, all numbers that it matches, and what could not be tested. */
export function toCheckText(checks: readonly Check[]): string {
  const areSeveral = new Set(checks.map(({ name }) => name)).size > 1;
  return checks
    .map((check) => {
      const of = areSeveral ? `${visibleText(check.name)}: ` : "";
      const faults = check.faults.map((fault) => `  ${visibleText(fault)}`);
      return [`${of}${verdictLine(check)}`, ...numberLines(check), ...faults];
    })
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function numberLines({ threshold, numbers }: Check): string[] {
  const words = {
    kept: "",
    exceeded: exceededWords(threshold),
    untested: "not tested",
  };
  const rows = numbers.map((number) => [
    `  ${numberName(threshold, number.labels)}`,
    numberText(number, threshold),
    words[number.outcome],
  ]);
  return alignColumns(rows).map((line) => line.trimEnd());
}

/** A study's numbers. */
export interface StudyNumbers {
  readonly name: string;
  readonly rows: readonly QuantityRow[];
}

/** A line for each number, with the labels that any of them has. */
export function toQuantityTable(studies: readonly StudyNumbers[]): string {
  const parts = studies.map(({ name, rows }) => {
    const labels = ALL_LABELS.filter((label) =>
      rows.some((row) => (row.labels[label] ?? "") !== ""),
    );
    const shown = rows.map(({ quantity, labels: of, unit, interval }) => [
      quantity,
      ...labels.map((label) => visibleText(of[label] ?? "")),
      unit,
      ...[interval?.value, interval?.low, interval?.high].map((value) =>
        value === undefined || value === null ? NO_NUMBER : inDigits(value),
      ),
    ]);
    const head = ["quantity", ...labels, "unit", "value", "low", "high"];
    const lines = alignColumns([head, ...shown], labels.length + 2);
    return studies.length > 1 ? [visibleText(name), ...lines] : lines;
  });
  return parts.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/** A row for each number: the study, the quantity, all labels, the number. */
export function toQuantityCsv(studies: readonly StudyNumbers[]): string {
  const head = ["study", "quantity", ...ALL_LABELS, "value", "low", "high", "unit"];
  const lines = studies.flatMap(({ name, rows }) =>
    rows.map(({ quantity, labels, interval, unit }) => {
      const numbers = [interval?.value, interval?.low, interval?.high].map(
        (value) => value ?? null,
      );
      return [name, quantity, ...ALL_LABELS.map((label) => labels[label] ?? ""), ...numbers, unit];
    }),
  );
  return [head, ...lines].map(csvLine).join("");
}

/** A list of the same; null: there is no such label or number. */
export function toQuantityJson(studies: readonly StudyNumbers[]): string {
  const all = studies.flatMap(({ name: study, rows }) =>
    rows.map(({ quantity, labels, interval, unit }) => ({
      study,
      quantity,
      ...Object.fromEntries(ALL_LABELS.map((label) => [label, labels[label] || null])),
      value: interval?.value ?? null,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      unit,
    })),
  );
  return `${JSON.stringify(all, null, 2)}\n`;
}
