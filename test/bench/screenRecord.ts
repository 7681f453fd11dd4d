/** What the active editor and the status bar show, frame by frame. */
import type { Page } from "playwright-core";

export interface Screen {
  /** Milliseconds since the record began. */
  readonly time: number;
  /** Boxes with a background of the heat map. */
  readonly coloured: number;
  /** Boxes that mark text whose numbers are out of date. */
  readonly stale: number;
  /** Twinlens' text in the status bar. */
  readonly status: string;
}

/** Begins a record in the page, in place of an earlier one: every frame on which something has changed. */
export async function startScreenRecord(page: Page): Promise<void> {
  await page.evaluate(() => {
    const holder = globalThis as { screenRecord?: Screen[] };
    const record: Screen[] = [];
    holder.screenRecord = record;
    const start = performance.now();
    const kinds = new Map<string, "coloured" | "stale" | "other">();
    const kindOf = (box: Element) => {
      const known = kinds.get(box.className);
      if (known) return known;
      const { backgroundColor, borderBottomStyle } = getComputedStyle(box);
      const isColoured = backgroundColor !== "rgba(0, 0, 0, 0)";
      const kind = isColoured ? "coloured" : borderBottomStyle === "dotted" ? "stale" : "other";
      kinds.set(box.className, kind);
      return kind;
    };
    const frame = () => {
      if (holder.screenRecord !== record) return;
      const editor = document.querySelector(".editor-group-container.active .monaco-editor");
      const boxes = editor?.querySelectorAll(
        '.view-overlays .cdr[class*="TextEditorDecorationType"]',
      );
      const found = [...(boxes ?? [])].map(kindOf);
      const item = document.querySelector(
        '.statusbar-item[id="twinlens.twinlens.status"], .statusbar-item[id$="twinlens.status"]',
      );
      const screen = {
        time: performance.now() - start,
        coloured: found.filter((kind) => kind === "coloured").length,
        stale: found.filter((kind) => kind === "stale").length,
        status: item?.textContent?.replace(/\u00a0/g, " ").trim() ?? "",
      };
      const last = record.at(-1);
      const isNew =
        screen.coloured !== last?.coloured ||
        screen.stale !== last.stale ||
        screen.status !== last.status;
      if (isNew) record.push(screen);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

export function screenChanges(page: Page): Promise<Screen[]> {
  return page.evaluate(() => [...((globalThis as { screenRecord?: Screen[] }).screenRecord ?? [])]);
}
