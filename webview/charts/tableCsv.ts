import { csvLine, foreignCell, type CsvCell } from "../../src/analysis/presentation/csv";
import type { Cell, Column, Table } from "./table";

/** A table as CSV. */
export function toTableCsv({ columns, rows }: Table): string {
  const head = columns.map(({ title }) => title);
  const body = rows().map((row) => columns.map((column, i) => csvCell(row[i] ?? "", column)));
  return [head, ...body].map(csvLine).join("");
}

function csvCell(cell: Cell, { kind }: Column): CsvCell {
  if (typeof cell === "object") return cell.words;
  return kind === "text" && typeof cell === "string" ? foreignCell(cell) : cell;
}
