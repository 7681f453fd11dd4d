import { csvLine, type CsvCell } from "../../src/analysis/presentation/csv";
import type { Cell, Table } from "./table";

/** A table as CSV: numbers in full, text as it is, control characters included. */
export function toTableCsv({ columns, rows }: Table): string {
  const head = columns.map(({ title }) => title);
  const body = rows().map((row) => columns.map((_, i) => csvCell(row[i] ?? "")));
  return [head, ...body].map(csvLine).join("");
}

function csvCell(cell: Cell): CsvCell {
  return typeof cell === "object" ? cell.words : cell;
}
