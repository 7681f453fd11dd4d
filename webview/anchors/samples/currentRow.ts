/** The row of a list that the user is at: marked, and kept in view. */
import type { LazyRows } from "./lazyRows";

/** Rows come into view, are filled, are measured: a frame each, and one to spare. */
const SETTLING_FRAMES = 4;

export class CurrentRow {
  /** -1: none. */
  private current = -1;

  constructor(
    private readonly list: HTMLElement,
    private readonly rows: LazyRows,
  ) {}

  get row(): number {
    return this.current;
  }

  /** Goes to the beginning; no row is the current one. */
  rewind(): void {
    this.rows.at(this.current)?.setAttribute("aria-selected", "false");
    this.list.removeAttribute("aria-activedescendant");
    this.current = -1;
    this.list.scrollTo(0, 0);
  }

  /** Brings a row into view and makes it the current one; its filled element, null where there is no such row. */
  goTo(row: number): HTMLElement | null {
    this.rows.at(this.current)?.setAttribute("aria-selected", "false");
    const target = this.rows.at(row);
    if (!target) return null;
    this.current = row;
    target.setAttribute("aria-selected", "true");
    this.list.setAttribute("aria-activedescendant", target.id);
    this.rows.ensureFilled(row);
    this.keepInView(target, SETTLING_FRAMES);
    return target;
  }

  /** The rows around are filled, and find their heights, in the frames after the box has scrolled. */
  private keepInView(target: HTMLElement, frames: number): void {
    if (this.rows.at(this.current) !== target) return;
    target.scrollIntoView({ block: "nearest" });
    if (frames > 0) requestAnimationFrame(() => this.keepInView(target, frames - 1));
  }
}
