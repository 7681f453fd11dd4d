/** What a workbench shows of a document, in the terms of `expected.ts`. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { STEPS } from "../../src/host/heatmap/paint";
import { paintedRanges, shownLines } from "../support/workbenchEditor";
import { statusBar } from "../support/workbenchParts";

const colourIds = Object.entries(STEPS).flatMap(([scale, count]) =>
  Array.from({ length: count }, (_, step) => `${scale}${step + 1}`),
);

/** The colour of each UTF-16 unit of `text`, which has to be on screen as a whole; null: left as it is. */
export async function shownColours(page: Page, text: string): Promise<(string | null)[]> {
  const lines = text.split("\n");
  expect((await shownLines(page)).map((line) => line.text)).toEqual(lines);
  const starts = lines.map(
    (_, index) => lines.slice(0, index).join("\n").length + Math.min(index, 1),
  );
  const idOf = await colourIdsByValue(page);
  const colours = Array.from({ length: text.length }, (): string | null => null);
  for (const { line, start, endExclusive, background } of await paintedRanges(page)) {
    const from = starts[line - 1]!;
    colours.fill(idOf.get(background) ?? background, from + start, from + endExclusive);
  }
  return colours;
}

/** Ids of the extension's colours in the theme in use, by computed value. */
async function colourIdsByValue(page: Page): Promise<Map<string, string>> {
  const values = await page.evaluate((ids) => {
    const probe = document
      .querySelector(".monaco-workbench")!
      .appendChild(document.createElement("i"));
    const valueOf = (id: string) => {
      probe.style.backgroundColor = `var(--vscode-twinlens-${id})`;
      return getComputedStyle(probe).backgroundColor;
    };
    const values = ids.map(valueOf);
    probe.remove();
    return values;
  }, colourIds);
  return new Map(values.map((value, index) => [value, colourIds[index]!]));
}

/** The status bar's text about `pair` once it contains `expected`. */
export async function statusOf(page: Page, expected: string): Promise<string> {
  let found: string | undefined;
  const find = async () =>
    (found = (await statusBar(page)).find((text) => text.includes(expected)));
  await expect.poll(find).toBeDefined();
  return found!;
}

/** Every number in a text, as the extension writes them: `1,234.5`, `−0.3`. */
export function numbersIn(text: string): number[] {
  const found = text.match(/[-+\u2212]?\d[\d,]*(\.\d+)?/g) ?? [];
  return found.map((digits) => Number(digits.replaceAll(",", "").replace("\u2212", "-")));
}
