import { toJson } from "./json";

/** A number that is none, or null, leaves its cell empty. */
export type CsvCell = string | number | null;

/** One line of CSV (RFC 4180), its end included; numbers in full. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(field).join(",")}\r\n`;
}

/**
 * A cell of text that is not ours: as a JSON string, in which control characters are visible and which no spreadsheet
 * takes for a formula.
 */
export function foreignCell(text: string): string {
  return toJson(text);
}

function field(cell: CsvCell): string {
  if (typeof cell === "string") {
    return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
  return cell === null || !Number.isFinite(cell) ? "" : String(cell);
}
