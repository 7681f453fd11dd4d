/** A sample's text with its anchors coloured: as it is, or on the columns of the alignment. */
import { visibleText } from "../../../src/analysis/presentation/format";
import { nextCodePoint } from "../../../src/analysis/text/codePoints";
import { element } from "../../kit/dom";
import { ANCHOR_COLORS } from "../../kit/theme";
import type { ColourRun } from "./colourRuns";

/** What is needed to draw one sample. */
export interface SampleText {
  readonly text: string;
  readonly colourRuns: readonly ColourRun[];
  /** The anchor that the user marked; the others are dimmed. */
  readonly marked: number | null;
}

export function plainText({ text, colourRuns, marked }: SampleText): HTMLElement {
  const parts = colourRuns.map((colourRun) => {
    const part = text.slice(colourRun.start, colourRun.endExclusive);
    return marking(colourRun, marked, visibleLines(part));
  });
  return element("div", { class: "sample-text" }, ...parts);
}

/**
 * One line on the alignment's columns, gaps as thin rules.
 * @param runs gaps, characters, gaps, … in code points
 */
export function alignedText(row: SampleText, runs: readonly number[]): HTMLElement {
  const line = element("div", { class: "sample-text" });
  const { text, marked } = row;
  const colourRuns = row.colourRuns[Symbol.iterator]();
  let colourRun = colourRuns.next().value;
  let at = 0;
  runs.forEach((length, i) => {
    if (i % 2 === 0) return line.append(...gap(length));
    let left = length;
    while (left > 0 && colourRun) {
      const taken = takeCharacters(text, at, Math.min(colourRun.endExclusive, text.length), left);
      const characters = Array.from(text.slice(at, taken.endExclusive), cell);
      line.append(marking(colourRun, marked, ...characters));
      at = taken.endExclusive;
      left -= taken.count;
      if (at >= colourRun.endExclusive) colourRun = colourRuns.next().value;
    }
  });
  return line;
}

/** The style sheet's colour of an anchor. */
export function colorClass(anchor: number): string {
  return `anchor-${anchor % ANCHOR_COLORS}`;
}

function marking(
  { anchor, found, start }: ColourRun,
  marked: number | null,
  ...content: readonly (Node | string)[]
): Node {
  const fragment = document.createDocumentFragment();
  fragment.append(...content);
  if (anchor === null && !found) return fragment;
  const classes = [
    ...(anchor === null ? [] : ["anchor", colorClass(anchor)]),
    ...(anchor !== null && marked !== null && marked !== anchor ? ["dimmed"] : []),
    ...(found ? ["found"] : []),
  ];
  const start16 = String(start);
  return element("mark", { class: classes.join(" "), "data-start": start16 }, fragment);
}

function gap(length: number): readonly HTMLElement[] {
  if (length === 0) return [];
  const rule = element("span", { class: "gap" });
  rule.style.width = `${length}ch`;
  return [rule];
}

/** Up to `most` characters of `text` from `start` on, not beyond `endExclusive`. */
function takeCharacters(text: string, start: number, endExclusive: number, most: number) {
  let at = start;
  let count = 0;
  while (count < most && at < endExclusive) {
    at = nextCodePoint(text, at);
    count++;
  }
  return { endExclusive: at, count };
}

/** Every character takes one column: those of other widths get a box of their own. */
function cell(character: string): Node | string {
  if (/^[\x20-\x7e\u00a0-\u024f\u2013-\u2026]$/u.test(character)) return character;
  const shown = visibleText(character);
  return element("span", { class: "cell" }, shown.startsWith("U+") ? "\u25cc" : shown);
}

/** Line breaks stay; all other invisible characters are made visible. */
function visibleLines(text: string): string {
  return text.split("\n").map(visibleText).join("\n");
}
