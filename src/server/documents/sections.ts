import { shortened } from "../../analysis/presentation/format";
import type { TextRange } from "../../protocol/scores";

/** A part of a text, and what to call it: `Section “How to count”`. */
export interface Section extends TextRange {
  readonly name: string;
}

/** More lenses than this would hide the text. */
const MOST_SECTIONS = 200;

/** Characters of a heading or of a paragraph's beginning that name it. */
const LONGEST_NAME = 40;

/** A fenced block of code, in which `#` begins no heading. */
const FENCE = /^ {0,3}(```|~~~)/;
const HEADING = /^ {0,3}#{1,6}(\s|$)/;

/**
 * The parts of a text that get numbers of their own, at most 200: in Markdown from each heading to the next one, else,
 * and where there are no headings, paragraphs (runs of lines that are not blank).
 */
export function sectionsOf(text: string, languageId: string): Section[] {
  const lines = linesOf(text);
  const headed = languageId === "markdown" ? headedSections(text, lines) : [];
  const named = (range: TextRange): Section => {
    const line = firstLine(text, range);
    const name = headed.length > 0 ? nameOf("Section", heading(line)) : nameOf("Paragraph", line);
    return { ...range, name };
  };
  const sections = headed.length > 0 ? headed : paragraphs(text, lines);
  return sections.slice(0, MOST_SECTIONS).map(named);
}

function nameOf(kind: string, line: string): string {
  const words = line.trim();
  return words === "" ? kind : `${kind} “${shortened(words, LONGEST_NAME)}”`;
}

/** A heading's line without the marks at its beginning and end. */
function heading(line: string): string {
  return line.replace(HEADING, "").replace(/(^|\s)#+\s*$/, "");
}

function firstLine(text: string, { start, endExclusive }: TextRange): string {
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? endExclusive : Math.min(end, endExclusive));
}

function headedSections(text: string, lines: readonly TextRange[]): TextRange[] {
  const starts: number[] = [];
  let fenced = false;
  for (const { start, endExclusive } of lines) {
    const line = text.slice(start, endExclusive);
    if (FENCE.test(line)) fenced = !fenced;
    else if (!fenced && HEADING.test(line)) starts.push(start);
  }
  return starts.map((start, i) => ({ start, endExclusive: starts[i + 1] ?? text.length }));
}

function paragraphs(text: string, lines: readonly TextRange[]): TextRange[] {
  const found: { start: number; endExclusive: number }[] = [];
  let isInside = false;
  for (const { start, endExclusive } of lines) {
    const isBlank = text.slice(start, endExclusive).trim() === "";
    if (isBlank) isInside = false;
    else if (isInside) found[found.length - 1]!.endExclusive = endExclusive;
    else {
      isInside = true;
      found.push({ start, endExclusive });
    }
    if (found.length > MOST_SECTIONS) break;
  }
  return found;
}

/** Lines with their ends. */
function linesOf(text: string): TextRange[] {
  const lines: TextRange[] = [];
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf("\n", start);
    const endExclusive = end < 0 ? text.length : end + 1;
    lines.push({ start, endExclusive });
    start = endExclusive;
  }
  return lines;
}
