import type { Page } from "playwright-core";

/** A row of an editor on screen; a wrapped line has several. */
export interface Row {
  /** Line number from 1; null where a wrapped line goes on. */
  readonly number: number | null;
  readonly characters: readonly Character[];
  readonly hints: readonly string[];
}

/** A code point of the document and its centre on screen. */
export interface Character {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** A background that a decoration paints. It holds no text: where it stands says what it belongs to. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Computed colour. */
  readonly background: string;
}

/** Reads rows and boxes of the editor under `selector` in one go, so that they belong to one moment. */
export function readDom(page: Page, selector: string): Promise<{ rows: Row[]; boxes: Box[] }> {
  return page.evaluate((selector) => {
    const editor = document.querySelector(selector);
    if (!editor) throw new Error("No editor is open.");
    const top = (element: Element) => Math.round(element.getBoundingClientRect().top);
    const all = (inside: string) => [...editor.querySelectorAll(inside)];

    const numbers = new Map(
      all(".margin-view-overlays .line-numbers").map((label) => [top(label), label.textContent]),
    );

    const boxes = all('.view-overlays .cdr[class*="TextEditorDecorationType"]')
      .map((box) => {
        const { left, right, top, bottom } = box.getBoundingClientRect();
        return { left, right, top, bottom, background: getComputedStyle(box).backgroundColor };
      })
      .filter((box) => box.background !== "rgba(0, 0, 0, 0)");

    const charactersOf = (node: Text) => {
      let start = 0;
      return [...node.data].map((character) => {
        const range = document.createRange();
        range.setStart(node, start);
        range.setEnd(node, (start += character.length));
        const { left, right, top, bottom } = range.getBoundingClientRect();
        const text = character.replace("\u00a0", " ");
        return { text, x: (left + right) / 2, y: (top + bottom) / 2 };
      });
    };

    const rowOf = (element: Element) => {
      const characters = [];
      const hints = [];
      const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (nodes.nextNode()) {
        const node = nodes.currentNode as Text;
        // Hints stand between the text; hair spaces are their padding.
        if (!node.parentElement?.closest('span[class*="dyn-rule"]'))
          characters.push(...charactersOf(node));
        else if (node.data.replace(/\u200a/g, "") !== "")
          hints.push(node.data.replace(/\u00a0/g, " ").trim());
      }
      const number = numbers.get(top(element));
      return { number: number ? Number(number) : null, characters, hints };
    };
    // Rows are not in document order.
    const rows = all(".view-lines .view-line").sort((a, b) => top(a) - top(b));
    return { rows: rows.map(rowOf), boxes };
  }, selector);
}
