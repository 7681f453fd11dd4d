/**
 * A list of any number of rows in a box that scrolls. Every row has an element that keeps its place, but only those
 * near the box are filled: the browser itself says which (`content-visibility`).
 */
import { element } from "../../kit/dom";

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

/** Rows come into view, are filled, are measured: a frame each, and one to spare. */
const settlingFrames = 4;

export function virtualList({ fill, open, label }: RowActions): VirtualList {
  const root = element("div", {
    class: "list",
    role: "listbox",
    tabindex: "0",
    "aria-label": label,
  });
  const filled = new Set<number>();
  const rows: HTMLElement[] = [];
  let current = -1;

  function show(count: number): void {
    for (const gone of rows.splice(count)) gone.remove();
    const added = Array.from({ length: count - rows.length }, (_, i) =>
      rowElement(rows.length + i),
    );
    rows.push(...added);
    root.append(...added);
    for (const row of rows) row.setAttribute("aria-setsize", String(count));
    for (const row of [...filled]) if (row >= count) filled.delete(row);
    refresh();
  }

  function refresh(): void {
    for (const row of [...filled]) fillRow(row);
  }

  function rewind(): void {
    rows[current]?.setAttribute("aria-selected", "false");
    root.removeAttribute("aria-activedescendant");
    current = -1;
    root.scrollTo(0, 0);
  }

  function rowElement(row: number): HTMLElement {
    const made = element("div", {
      id: `row-${row}`,
      class: "row",
      role: "option",
      "aria-selected": "false",
      "aria-posinset": String(row + 1),
    });
    made.addEventListener("contentvisibilityautostatechange", (event) => {
      if ((event as ContentVisibilityAutoStateChangeEvent).skipped) {
        filled.delete(row);
        made.replaceChildren();
      } else fillRow(row);
    });
    return made;
  }

  function fillRow(row: number): void {
    const target = rows[row];
    if (!target) return;
    filled.add(row);
    target.replaceChildren();
    fill(row, target);
  }

  function goTo(row: number): HTMLElement | null {
    rows[current]?.setAttribute("aria-selected", "false");
    const target = rows[row];
    if (!target) return null;
    current = row;
    target.setAttribute("aria-selected", "true");
    root.setAttribute("aria-activedescendant", target.id);
    if (!filled.has(row)) fillRow(row);
    keepInView(target, settlingFrames);
    return target;
  }

  /** The rows around are filled, and find their heights, in the frames after the box has scrolled. */
  function keepInView(target: HTMLElement, frames: number): void {
    if (rows[current] !== target) return;
    target.scrollIntoView({ block: "nearest" });
    if (frames > 0) requestAnimationFrame(() => keepInView(target, frames - 1));
  }

  root.addEventListener("keydown", (event) => {
    const last = rows.length - 1;
    const goal = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: last }[event.key];
    if (event.key === "Enter" && current >= 0) open(current);
    else if (goal !== undefined) goTo(Math.min(Math.max(goal, 0), last));
    else return;
    event.preventDefault();
  });
  root.addEventListener("click", (event) => goTo(rowOf(event)));
  root.addEventListener("dblclick", (event) => {
    if (rowOf(event) >= 0) open(rowOf(event));
  });
  const rowOf = (event: Event) =>
    rows.indexOf((event.target as Element).closest<HTMLElement>(".row") ?? root);

  return { root, show, refresh, rewind, goTo };
}
