/** What the active editor of a workbench shows, read from its DOM (the same in VS Code 1.100 and 1.139). */
import type { Page } from "playwright-core";
import { waitUntil } from "./waitUntil";
import { readDom, type Box, type Character, type Row } from "./workbenchDom";

/** A stretch of one line on one background; columns are UTF-16 units from 0. */
export interface Painted {
  /** Line number as the margin shows it, from 1. */
  readonly line: number;
  readonly start: number;
  readonly endExclusive: number;
  readonly text: string;
  /** Computed colour, for instance `rgba(1, 2, 3, 0.5)`. */
  readonly background: string;
}

/** A line on screen. */
export interface ShownLine {
  /** From 1. */
  readonly number: number;
  /** The document's text, without what decorations and hints put between it. */
  readonly text: string;
  /** Inlay hints of the line, in order. */
  readonly hints: readonly string[];
}

/** Backgrounds painted by decorations, in text order; touching equal ones of a line are one. */
export async function paintedRanges(page: Page): Promise<Painted[]> {
  const { rows, boxes } = await readDom(page, activeEditor);
  const painted: Painted[] = [];
  for (const character of placedCharacters(rows)) {
    const background = boxes.find((box) => contains(box, character))?.background;
    if (background === undefined) continue;
    const { line, column, text } = character;
    const endExclusive = column + text.length;
    const before = painted.at(-1);
    if (before?.line === line && before.endExclusive === column && before.background === background)
      painted[painted.length - 1] = { ...before, endExclusive, text: before.text + text };
    else painted.push({ line, start: column, endExclusive, text, background });
  }
  return painted;
}

/** Lines on screen, from top to bottom. */
export async function shownLines(page: Page): Promise<ShownLine[]> {
  const { rows } = await readDom(page, activeEditor);
  const lines: ShownLine[] = [];
  for (const row of rows) {
    const text = row.characters.map((character) => character.text).join("");
    const last = lines.at(-1);
    // A wrapped line goes on in rows without a number.
    if (row.number !== null) lines.push({ number: row.number, text, hints: row.hints });
    else if (last)
      lines[lines.length - 1] = {
        ...last,
        text: last.text + text,
        hints: [...last.hints, ...row.hints],
      };
  }
  return lines;
}

/** Titles of the code lenses, from top to bottom. */
export async function codeLenses(page: Page): Promise<string[]> {
  const lenses = page.locator(`${activeEditor} .codelens-decoration`);
  return (await lenses.allInnerTexts()).map((text) => text.replace(/\u00a0/g, " ").trim());
}

/** Moves the mouse onto a character (line from 1, column from 0) until a hover contains `expected`; gives its text. */
export async function hoverText(
  page: Page,
  line: number,
  column: number,
  expected: string,
): Promise<string> {
  const hover = page
    .locator(".monaco-hover:not(.hidden) .hover-contents")
    .filter({ hasText: expected })
    .first();
  // Lines move when a code lens comes in above them, so every attempt looks where the character is now.
  await waitUntil(`a hover shows "${expected}" at ${line}:${column}`, async () => {
    const { x, y } = await characterAt(page, line, column);
    await page.mouse.move(x - 200, y + 200);
    await page.mouse.move(x, y, { steps: 3 });
    return hover.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
  });
  return (await hover.innerText()).replace(/\u00a0/g, " ");
}

/** Clicks on a character (line from 1, column from 0). */
export async function clickCharacter(page: Page, line: number, column: number): Promise<void> {
  const { x, y } = await characterAt(page, line, column);
  await page.mouse.click(x, y);
}

const activeEditor = ".editor-group-container.active .monaco-editor";

async function characterAt(page: Page, line: number, column: number): Promise<Character> {
  const { rows } = await readDom(page, activeEditor);
  const found = placedCharacters(rows).find((one) => one.line === line && one.column === column);
  if (!found) throw new Error(`Line ${line}, column ${column} is not on screen.`);
  return found;
}

/** Characters with their line and UTF-16 column. */
function placedCharacters(rows: readonly Row[]) {
  const placed: (Character & { line: number; column: number })[] = [];
  let line = 0;
  let column = 0;
  for (const row of rows) {
    if (row.number !== null) {
      line = row.number;
      column = 0;
    }
    for (const character of row.characters) {
      placed.push({ ...character, line, column });
      column += character.text.length;
    }
  }
  return placed;
}

function contains(box: Box, { x, y }: Character): boolean {
  return box.left <= x && x < box.right && box.top <= y && y < box.bottom;
}
