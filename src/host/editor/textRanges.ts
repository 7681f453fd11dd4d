import { Range, type Selection, type TextDocument, type TextEditor } from "vscode";
import type { TextRange } from "../../protocol/scores";

export function toRange(document: TextDocument, { start, endExclusive }: TextRange): Range {
  return new Range(document.positionAt(start), document.positionAt(endExclusive));
}

export function toTextRange(document: TextDocument, range: Range): TextRange {
  return { start: document.offsetAt(range.start), endExclusive: document.offsetAt(range.end) };
}

/** The same text without its line breaks: a range for every line that has some of it. */
export function toLineRanges(document: TextDocument, range: TextRange): Range[] {
  const { start, end } = toRange(document, range);
  const ranges: Range[] = [];
  for (let line = start.line; line <= end.line; line++) {
    const part = document.lineAt(line).range.intersection(new Range(start, end));
    if (part && !part.isEmpty) ranges.push(part);
  }
  return ranges;
}

/** From the first visible line to the last one, folded parts between them included. */
export function visibleRange({ document, visibleRanges }: TextEditor): TextRange | null {
  const first = visibleRanges[0];
  const last = visibleRanges.at(-1);
  return first && last ? toTextRange(document, first.union(last)) : null;
}

export function selectedRange(document: TextDocument, selection: Selection): TextRange | null {
  return selection.isEmpty ? null : toTextRange(document, selection);
}
