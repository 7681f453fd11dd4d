/** A list of any number of rows in a box that scrolls, walked by arrow keys or by mouse. */
import { element } from "../../kit/dom";
import { CurrentRow } from "./currentRow";
import { LazyRows } from "./lazyRows";

export interface VirtualList {
  readonly root: HTMLElement;
  /** Has rows `0 … count - 1`, filled anew; what is in view stays there. */
  readonly show: (count: number) => void;
  /** Fills the rows on screen anew. */
  readonly refresh: () => void;
  /** Goes to the beginning; no row is the current one. */
  readonly rewind: () => void;
  /** Brings a row into view and makes it the current one; its filled element. */
  readonly goTo: (row: number) => HTMLElement | null;
}

export interface RowActions {
  readonly fill: (row: number, target: HTMLElement) => void;
  /** Enter or a double click. */
  readonly open: (row: number) => void;
  readonly label: string;
}

export function virtualList({ fill, open, label }: RowActions): VirtualList {
  const root = element("div", {
    class: "list",
    role: "listbox",
    tabindex: "0",
    "aria-label": label,
  });
  const rows = new LazyRows(root, fill);
  const current = new CurrentRow(root, rows);

  root.addEventListener("keydown", (event) => {
    const goal = goalOf(event.key, current.row, rows.count);
    if (event.key === "Enter" && current.row >= 0) open(current.row);
    else if (goal !== null) current.goTo(goal);
    else return;
    event.preventDefault();
  });
  root.addEventListener("click", (event) => current.goTo(rows.rowOf(event)));
  root.addEventListener("dblclick", (event) => {
    const row = rows.rowOf(event);
    if (row >= 0) open(row);
  });

  return {
    root,
    show: (count) => rows.show(count),
    refresh: () => rows.refresh(),
    rewind: () => current.rewind(),
    goTo: (row) => current.goTo(row),
  };
}

/** The row to which a key leads; null: to none. */
function goalOf(key: string, row: number, count: number): number | null {
  const last = count - 1;
  const goal = { ArrowDown: row + 1, ArrowUp: row - 1, Home: 0, End: last }[key];
  return goal === undefined ? null : Math.min(Math.max(goal, 0), last);
}
