/** Tables of text and numbers. */
import { formatNumber, visibleText } from "../../src/analysis/presentation/format";
import { link } from "../kit/components";
import { type Child, element } from "../kit/dom";
import { term } from "../kit/term";

export interface Table {
  readonly columns: readonly Column[];
  /** `[row][column]`; asked for when the table is opened or saved. */
  readonly rows: () => readonly (readonly Cell[])[];
}

/** Not a number: there is none. */
export type Cell = string | number | Explained | Pressed;

/** Words, as a row's head, with what they mean. */
interface Explained {
  readonly words: string;
  readonly explanation: string;
}

/** Foreign text that does something when it is pressed. */
interface Pressed {
  readonly words: string;
  readonly press: () => void;
}

export interface Column {
  readonly title: string;
  /** What its values are, where the title does not say it all. */
  readonly explanation?: string | undefined;
  /** Numbers stand at the right; foreign text, given as it is, keeps its blanks and shows its control characters. */
  readonly kind: "number" | "words" | "text";
  readonly format?: (value: number) => string;
}

export interface TableToggle {
  readonly root: HTMLElement;
  readonly update: (table: Table) => void;
}

/** The table behind a toggle; it is built when it is opened, as it may have thousands of rows. */
export function tableToggle(table: Table, title: string): TableToggle {
  const region = element("div", {
    class: "scroll",
    tabindex: "0",
    role: "region",
    "aria-label": `Table: ${title}`,
  });
  const root = element("details", {}, element("summary", {}, "Table"), region);
  let current = table;
  const build = () => region.replaceChildren(...(root.open ? [tableElement(current)] : []));
  root.addEventListener("toggle", build);
  return {
    root,
    update: (next) => {
      current = next;
      build();
    },
  };
}

/** The first column's cells head their rows. */
export function tableElement({ columns, rows }: Table): HTMLTableElement {
  const head = columns.map(({ title, explanation, kind }) =>
    element(
      "th",
      { scope: "col", class: kind },
      explanation === undefined ? title : term(title, explanation),
    ),
  );
  const body = rows().map((row) =>
    element("tr", {}, ...columns.map((column, i) => cellElement(row[i] ?? "", column, i === 0))),
  );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
}

/** A column of numbers with so many decimals. */
export function numberColumn(title: string, decimals: number, explanation?: string): Column {
  return { title, explanation, kind: "number", format: (value) => formatNumber(value, decimals) };
}

function cellElement(cell: Cell, column: Column, isHead: boolean): HTMLElement {
  const { kind } = column;
  const content = contentOf(cell, column);
  return isHead
    ? element("th", { scope: "row", class: kind }, content)
    : element("td", { class: kind }, content);
}

function contentOf(cell: Cell, { kind, format = String }: Column): Child {
  if (typeof cell === "object") {
    return "press" in cell
      ? link(visibleText(cell.words), cell.press)
      : term(cell.words, cell.explanation);
  }
  if (typeof cell === "number") return format(cell);
  return kind === "text" ? visibleText(cell) : cell;
}
