/** A number that is none, or null, leaves its cell empty. */
export type CsvCell = string | number | null;

/**
 * One line of CSV (RFC 4180), its end included; numbers in full, text as it is. A program that computes what begins
 * with `=` has to be told that a column is text.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(field).join(",")}\r\n`;
}

function field(cell: CsvCell): string {
  if (typeof cell === "string") {
    return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
  return cell === null || !Number.isFinite(cell) ? "" : String(cell);
}
