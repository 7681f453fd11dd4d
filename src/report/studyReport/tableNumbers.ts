/** How a figure's table is written for people. */
import { formatNumber, NOT_MEASURED, visibleText } from "../../analysis/presentation/format";
import type { FigureTable } from "../../protocol/studyFigure";
import { decimalsFor, valueText } from "../plot/numbers";

export interface WrittenTable {
  readonly columns: readonly WrittenColumn[];
  /** `[row][column]` */
  readonly rows: readonly (readonly string[])[];
}

export interface WrittenColumn {
  readonly title: string;
  readonly isNumber: boolean;
}

/** All cells as words, foreign text made visible; a column's numbers have the same decimals. */
export function writtenTable(table: FigureTable): WrittenTable {
  const columns = table.columns.map((title, i) => ({
    title: visibleText(title),
    isNumber: isNumberColumn(table, i),
  }));
  const writers = columns.map((_, i) => numberWriter(table, i));
  const rows = table.rows.map((row) =>
    columns.map((_, i) => {
      const cell = row[i] ?? null;
      if (cell === null) return NOT_MEASURED;
      return typeof cell === "number" ? writers[i]!(cell) : visibleText(cell);
    }),
  );
  return { columns, rows };
}

export function isNumberColumn({ rows }: FigureTable, column: number): boolean {
  const cells = rows.map((row) => row[column] ?? null).filter((cell) => cell !== null);
  return cells.length > 0 && cells.every((cell) => typeof cell === "number");
}

/** Whole numbers as they are; others so that the middle one has four digits. */
export function numberWriter({ rows }: FigureTable, column: number): (value: number) => string {
  const sizes = rows
    .map((row) => row[column])
    .filter((cell) => typeof cell === "number" && Number.isFinite(cell))
    .map((value) => Math.abs(value as number))
    .sort((a, b) => a - b);
  const isWhole = sizes.every((size) => Number.isInteger(size));
  const decimals = isWhole ? 0 : decimalsFor(sizes[sizes.length >> 1] ?? 0);
  // What these decimals would round away, or make endless, is written by itself.
  return (value) => {
    const size = Math.abs(value);
    const isOwn = size >= 1e15 || (size > 0 && size < 10 ** -decimals / 2);
    return isOwn ? valueText(value, "number") : formatNumber(value, decimals);
  };
}
