/**
 * Rows of a box that scrolls. Every row has an element that keeps its place, but only those near the box are filled: the
 * browser itself says which (`content-visibility`).
 */
import { element } from "../../kit/dom";

export class LazyRows {
  private readonly elements: HTMLElement[] = [];
  private readonly filled = new Set<number>();

  constructor(
    private readonly box: HTMLElement,
    private readonly fill: (row: number, target: HTMLElement) => void,
  ) {}

  get count(): number {
    return this.elements.length;
  }

  /** Has rows `0 … count - 1`, filled anew; what is in view stays there. */
  show(count: number): void {
    for (const gone of this.elements.splice(count)) gone.remove();
    const { length } = this.elements;
    const added = Array.from({ length: count - length }, (_, i) => this.make(length + i));
    this.elements.push(...added);
    this.box.append(...added);
    for (const row of this.elements) row.setAttribute("aria-setsize", String(count));
    for (const row of [...this.filled]) if (row >= count) this.filled.delete(row);
    this.refresh();
  }

  /** Fills the rows on screen anew. */
  refresh(): void {
    for (const row of [...this.filled]) this.fillAnew(row);
  }

  /** The row's element, filled or not. */
  at(row: number): HTMLElement | undefined {
    return this.elements[row];
  }

  /** The number of the row in which something happened; -1: in none. */
  rowOf(event: Event): number {
    const row = (event.target as Element).closest<HTMLElement>(".row");
    return row === null ? -1 : this.elements.indexOf(row);
  }

  ensureFilled(row: number): void {
    if (!this.filled.has(row)) this.fillAnew(row);
  }

  private make(row: number): HTMLElement {
    const made = element("div", {
      id: `row-${row}`,
      class: "row",
      role: "option",
      "aria-selected": "false",
      "aria-posinset": String(row + 1),
    });
    made.addEventListener("contentvisibilityautostatechange", (event) => {
      if ((event as ContentVisibilityAutoStateChangeEvent).skipped) this.empty(row);
      else this.fillAnew(row);
    });
    return made;
  }

  private empty(row: number): void {
    this.filled.delete(row);
    this.elements[row]?.replaceChildren();
  }

  private fillAnew(row: number): void {
    const target = this.elements[row];
    if (!target) return;
    this.filled.add(row);
    target.replaceChildren();
    this.fill(row, target);
  }
}
