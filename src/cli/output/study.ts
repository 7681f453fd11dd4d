/** What a study found, as the command line writes it. */
import { csvLine } from "../../analysis/presentation/csv";
import { visibleText } from "../../analysis/presentation/format";
import type { ResultCell, StudyResult } from "../../formats/study/studyResult";
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
  const head = ["pair", "corpus", "category", "measure"];
  const rows = cells.flatMap((cell) => {
    const { pair, corpus, category, measure } = cell;
    const place = [pair, corpus, category, measure];
    const all = [...groupRows(cell), ...trainingRows(cell), ...tradeoffRows(cell)];
    return all.map((row) => [...place, ...row]);
  });
  const columns = [...head, "document", "documents", "of", "quantity", "value"];
  return [columns, ...rows].map(csvLine).join("");
}

/** Document, documents, of what, quantity, value. */
type CsvRow = readonly [string, number, string, string, number];

function groupRows({ columns, groups }: ResultCell): CsvRow[] {
  return groups.flatMap(({ document, documents, stages, against }) => {
    const rowsOf = (of: string, names: readonly string[], row: readonly number[]) =>
      row.map((value, i): CsvRow => [document, documents, of, names[i] ?? "", value]);
    return [
      ...Object.entries(stages).flatMap(([stage, row]) => rowsOf(stage, columns.stages, row)),
      ...Object.entries(against).flatMap(([stage, row]) =>
        rowsOf(`${stage} against base`, columns.against, row),
      ),
    ];
  });
}

/** Documents that report are known by their number, from 0. */
function trainingRows({ readaptation }: ResultCell): CsvRow[] {
  return (readaptation?.trainings ?? []).flatMap(({ stage, weights, report }) =>
    report.tokens.flatMap((tokens, i) => {
      const row = (quantity: string, value: number): CsvRow => [
        String(i),
        1,
        `${stage}, ${weights}`,
        quantity,
        value,
      ];
      return [
        row("tokens", tokens),
        row("nats before", report.before[i]!),
        row("nats after", report.after[i]!),
      ];
    }),
  );
}

/** Held-out documents and measured prompts, which are known by their number in the set, from 1. */
function tradeoffRows({ tradeoff }: ResultCell): CsvRow[] {
  if (tradeoff === null) return [];
  return tradeoff.rounds.flatMap(({ round, losses, own }) => {
    const row = (document: string, quantity: string, value: number | null): CsvRow[] =>
      value === null ? [] : [[document, 1, `round ${round}`, quantity, value]];
    const documents = tradeoff.heldOut.flatMap((held, i) =>
      held.documents.flatMap((document, at) => [
        ...row(document, "tokens", held.tokens[at]!),
        ...row(document, "nats", losses[i]![at]!),
      ]),
    );
    const prompts = own.flatMap(({ prompt, tokens, top1, entropyBits, score }) => {
      const name = `prompt ${prompt + 1}`;
      return [
        ...row(name, "tokens", tokens),
        ...row(name, "top-1 probability", top1),
        ...row(name, "entropy bits", entropyBits),
        ...row(name, "score", score),
      ];
    });
    return [...documents, ...prompts];
  });
}
