/** What the active editor of a workbench shows, read from its DOM (the same in VS Code 1.100 and 1.139). */
import type { Locator, Page } from "playwright-core";
import { patience } from "./patience";
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

/** The text of the hover at a character (line from 1, column from 0), once it contains `expected`. */
export async function hoverText(
  page: Page,
  line: number,
  column: number,
  expected: string,
): Promise<string> {
  const at = { line, column, expected };
  const text = await inHover(page, at, (hover) => hover.innerText({ timeout: patience(1000) }));
  return text.replace(/\u00a0/g, " ");
}

/**
 * Moves the mouse onto a character until a hover contains `expected`, and uses the hover; again when it vanishes under
 * the use, which has to end by itself. Lines move when a code lens comes in above them, and so does the hover.
 */
export async function inHover<T>(
  page: Page,
  { line, column, expected }: { line: number; column: number; expected: string },
  use: (hover: Locator) => Promise<T>,
): Promise<T> {
  const contents = ".monaco-hover:not(.hidden) .hover-contents";
  const hover = page.locator(contents).filter({ hasText: expected }).first();
  const attempt = async () => {
    const { x, y } = await characterAt(page, line, column);
    await page.mouse.move(x - 200, y + 200);
    await page.mouse.move(x, y, { steps: 3 });
    await hover.waitFor({ timeout: patience(3000) });
    return { used: await use(hover) };
  };
  let done: { used: T } | undefined;
  await waitUntil(`a hover shows "${expected}" at ${line}:${column}`, async () => {
    done = await attempt().catch(() => undefined);
    return done !== undefined;
  });
  return done!.used;
}

/** Puts the cursor at the start of a line (from 1) of the active editor. */
export async function putCursor(page: Page, line: number): Promise<void> {
  const place = page.locator(".statusbar-item", {
    hasText: new RegExp(`Ln ${line}, Col 1(?!\\d)`),
  });
  await waitUntil(`the cursor stands in line ${line}`, async () => {
    const { x, y } = await characterAt(page, line, 0);
    await page.mouse.click(x, y);
    await page.keyboard.press("Home");
    return place.waitFor({ timeout: patience(2000) }).then(
      () => true,
      () => false,
    );
  });
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
