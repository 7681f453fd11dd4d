import { visibleText } from "../../src/analysis/presentation/format";
import type { FigureTable } from "../../src/protocol/studyFigure";
import { isNumberColumn, numberWriter } from "../../src/report/studyReport/tableNumbers";
import type { Cell, Table } from "../charts/table";

/** A figure's numbers; rows that stand for a document open it. */
export function tableOf(table: FigureTable, open: (target: string) => void): Table {
  return {
    columns: table.columns.map((name, i) => {
      const title = visibleText(name);
      return isNumberColumn(table, i)
        ? { title, kind: "number", format: numberWriter(table, i) }
        : { title, kind: "text" };
    }),
    rows: () =>
      table.rows.map((row, at) => {
        const target = table.targets?.[at] ?? null;
        return row.map((cell, i): Cell => {
          if (i > 0 || target === null) return cell ?? NaN;
          return { words: String(cell ?? target), press: () => open(target) };
        });
      }),
  };
}
