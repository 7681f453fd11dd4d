import { toJson } from "../../src/analysis/json";
import type { Cell, Column, Table } from "./table";

/**
 * A table as CSV (RFC 4180), numbers in full. Foreign text is written as JSON strings inside its cells: control
 * characters are seen, and no spreadsheet takes it for a formula.
 */
export function toCsv({ columns, rows }: Table): string {
  const head = columns.map(({ title }) => quote(title));
  const body = rows().map((row) => columns.map((column, i) => field(row[i] ?? "", column)));
  return [head, ...body].map((line) => `${line.join(",")}\r\n`).join("");
}

function field(cell: Cell, { kind }: Column): string {
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  return quote(kind === "text" ? toJson(cell) : cell);
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
