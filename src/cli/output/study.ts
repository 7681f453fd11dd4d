/** What a study found, as the command line writes it. */
import { csvLine } from "../../analysis/presentation/csv";
import { visibleText } from "../../analysis/presentation/format";
import type { StudyResult } from "../../formats/study/studyResult";
import type { StudyFigure, StudyReport } from "../../protocol/studyFigure";
import { alignColumns } from "./columns";
import { visibleLines } from "./visibleLines";

/** The figures' sentences and tables, then notes and methods. Documents are for `csv` to list. */
export function toStudyTable({ figures, methods, notes }: StudyReport): string {
  const shown = figures.map((figure) => figureLines(figure).join("\n"));
  return visibleLines(
    `${[...shown, notes.join("\n"), methods.join("\n")].filter(Boolean).join("\n\n")}\n`,
  );
}

function figureLines({ title, sentence, table, plot }: StudyFigure): string[] {
  const head = [title, sentence];
  if (plot.kind === "points") return head;
  const rows = table.rows.map((row) => row.map((cell) => visibleText(String(cell ?? ""))));
  const texts = table.columns.findIndex((_, i) =>
    table.rows.some((row) => typeof row[i] === "number"),
  );
  return [...head, ...alignColumns([table.columns, ...rows], texts).map((line) => line.trimEnd())];
}

/** One row per document, model and number, in full. */
export function toStudyCsv({ cells }: StudyResult): string {
  const head = [
    "pair",
    "corpus",
    "category",
    "measure",
    "document",
    "documents",
    "of",
    "quantity",
    "value",
  ];
  const lines = [csvLine(head)];
  for (const cell of cells) {
    const { pair, corpus, category, measure, columns } = cell;
    for (const { document, documents, stages, against } of cell.groups) {
      const add = (of: string, names: readonly string[], row: readonly number[]) =>
        row.forEach((value, i) =>
          lines.push(
            csvLine([
              pair,
              corpus,
              category,
              measure,
              document,
              documents,
              of,
              names[i] ?? "",
              value,
            ]),
          ),
        );
      for (const [stage, row] of Object.entries(stages)) add(stage, columns.stages, row);
      for (const [stage, row] of Object.entries(against))
        add(`${stage} against base`, columns.against, row);
    }
  }
  return lines.join("");
}
