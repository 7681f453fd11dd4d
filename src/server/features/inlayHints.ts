import type { TextDocument } from "vscode-languageserver-textdocument";
import type { InlayHint } from "vscode-languageserver/node";
import { formatNumber, formatSigned } from "../../analysis/presentation/format";
import { lineSurprisals } from "../../analysis/scores/lines";
import { EXPLANATIONS } from "../../analysis/presentation/quantities";
import { bitsOf, isScored, tokensIn } from "../../analysis/text/tokens";
import type { TextScores } from "../../protocol/textScores";
import type { TextRange, TokenColumns, TokenRange } from "../../protocol/scores";
import type { Settings } from "../../protocol/settings";
import type { HighlightedDocument } from "../documents/highlighted";
import { sliceColumns } from "../../jobs/scoring/columns";
import { freshScores } from "../documents/layers";

/** More hints than this would hide the text; a longer selection gets one per line. */
const MOST_TOKENS = 1000;

/** Bits at the ends of lines, or behind the tokens of the selection, as the setting says; none of a pair not in use. */
export function inlayHints(
  highlighted: HighlightedDocument,
  mode: Settings["inlayHints"],
  range: TextRange,
): InlayHint[] {
  // A hint has no room to say with which pair it was measured.
  if (highlighted.isOld(highlighted.current)) return [];
  switch (mode) {
    case "off":
      return [];
    case "current":
      return currentLineHint(highlighted, range);
    case "all":
      return lineHints(highlighted, range);
    case "selection":
      return selectionHints(highlighted, range);
  }
}

/** Whether hints change when the selection does. */
export function followsSelection(
  mode: Settings["inlayHints"],
  document: TextDocument,
  before: TextRange | null,
  now: TextRange,
): boolean {
  if (mode === "selection") return !isEmpty(now) || (before !== null && !isEmpty(before));
  return (
    mode === "current" && (before === null || lineAt(document, before) !== lineAt(document, now))
  );
}

/** The line in which the selection begins. */
function lineAt(document: TextDocument, { start }: TextRange): number {
  return document.positionAt(start).line;
}

function currentLineHint(highlighted: HighlightedDocument, range: TextRange): InlayHint[] {
  const { selection, document } = highlighted;
  if (selection === null) return [];
  const line = lineAt(document, selection);
  const start = document.offsetAt({ line, character: 0 });
  const endExclusive = document.offsetAt({ line: line + 1, character: 0 });
  const part = overlap({ start, endExclusive }, range);
  return part ? lineHints(highlighted, { start, endExclusive }) : [];
}

function selectionHints(highlighted: HighlightedDocument, range: TextRange): InlayHint[] {
  const { selection, current } = highlighted;
  if (!selection || isEmpty(selection)) return [];
  const part = overlap(selection, range);
  if (!part) return [];
  const scores = [freshScores(current, "base"), freshScores(current, "rlhf")];
  const selected = scores.map((s) => (s ? count(tokensIn(s.columns, selection)) : 0));
  if (Math.max(...selected) > MOST_TOKENS) {
    return lineHints(
      highlighted,
      part,
      `The selection has more than ${formatNumber(MOST_TOKENS, 0)} tokens: bits per line.`,
    );
  }
  return tokenHints(highlighted, part);
}

/** A hint behind every character at which a token of either model ends. */
function tokenHints({ current, document }: HighlightedDocument, range: TextRange): InlayHint[] {
  const base = bitsByEnd(freshScores(current, "base"), range);
  const rlhf = bitsByEnd(freshScores(current, "rlhf"), range);
  const ends = [...new Set([...base.keys(), ...rlhf.keys()])].sort((a, b) => a - b);
  return ends.map((end) => ({
    position: document.positionAt(end),
    label: bitsLabel(base.get(end), rlhf.get(end)),
    tooltip: `Surprisal of the tokens that end here: base · RLHF\n${EXPLANATIONS.surprisal}`,
    paddingLeft: true,
  }));
}

/** Bits of the tokens that end at an offset; tokens that share a character end together. */
function bitsByEnd(scores: TextScores | null, range: TextRange): Map<number, number> {
  const bits = new Map<number, number>();
  if (!scores) return bits;
  const { columns } = scores;
  const { start, endExclusive } = tokensIn(columns, range);
  for (let token = start; token < endExclusive; token++) {
    const end = columns.endExclusive[token]!;
    if (!isScored(columns, token) || end === columns.start[token]) continue;
    bits.set(end, (bits.get(end) ?? 0) + bitsOf(columns, token));
  }
  return bits;
}

function lineHints(
  { current, document }: HighlightedDocument,
  range: TextRange,
  note = "",
): InlayHint[] {
  const first = document.positionAt(range.start).line;
  const last = document.positionAt(Math.max(range.start, range.endExclusive - 1)).line;
  const offsetOf = (line: number) => document.offsetAt({ line, character: 0 });
  const lines = Array.from({ length: last - first + 1 }, (_, i) => ({
    start: offsetOf(first + i),
    endExclusive: offsetOf(first + i + 1),
  })).filter(({ endExclusive }) => endExclusive <= current.staleFrom);

  const base = bitsByLine(current.base?.scores.columns, lines);
  const rlhf = bitsByLine(current.rlhf?.scores.columns, lines);
  const what =
    "Surprisal of the tokens that begin in this line, added up: base · RLHF (difference)";
  const text = document.getText();
  return lines.flatMap((line, i) => {
    if (base[i] === undefined && rlhf[i] === undefined) return [];
    const { length } = text.slice(line.start, line.endExclusive).trimEnd();
    if (length === 0) return [];
    const end = line.start + length;
    return {
      position: document.positionAt(end),
      label: unbroken(lineLabel(base[i], rlhf[i])),
      tooltip: [what, EXPLANATIONS.surprisal, note].filter((part) => part !== "").join("\n"),
      paddingLeft: true,
    };
  });
}

/** Bits of each line; undefined where no token begins, and for lines not scored to their end. */
function bitsByLine(
  columns: TokenColumns | undefined,
  lines: readonly TextRange[],
): (number | undefined)[] {
  const [first] = lines;
  if (!columns || !first) return [];
  const tokens = tokensIn(columns, {
    start: first.start,
    endExclusive: lines.at(-1)!.endExclusive,
  });
  const beginsBefore = columns.start[tokens.start]! < first.start ? 1 : 0;
  const part = sliceColumns(columns, { ...tokens, start: tokens.start + beginsBefore });
  const sums = lineSurprisals(
    part,
    lines.map(({ start }) => start),
  );
  return sums.map(({ bits, scoredTokens }, i) => {
    const last = tokensIn(part, lines[i]!).endExclusive - 1;
    return scoredTokens > 0 && isScored(part, last) ? bits : undefined;
  });
}

function bitsLabel(base: number | undefined, rlhf: number | undefined): string {
  if (rlhf === undefined) return `base ${formatNumber(base!, 1)}`;
  if (base === undefined) return `RLHF ${formatNumber(rlhf, 1)}`;
  return `${formatNumber(base, 1)} · ${formatNumber(rlhf, 1)} (${formatSigned(rlhf - base, 1)})`;
}

/** Whole bits: an editor wraps lines behind a decimal point, too. */
function lineLabel(base: number | undefined, rlhf: number | undefined): string {
  const whole = (bits: number) => formatNumber(bits, 0);
  const parts = [
    ...(base === undefined ? [] : [`base ${whole(base)}`]),
    ...(rlhf === undefined ? [] : [`RLHF ${whole(rlhf)}`]),
  ];
  const difference =
    base === undefined || rlhf === undefined ? "" : ` (${formatSigned(rlhf - base, 0)})`;
  return `${parts.join(" · ")} bits${difference}`;
}

/** Wrapped as one word. */
function unbroken(label: string): string {
  return label.replaceAll(" ", "\u00a0");
}

function isEmpty({ start, endExclusive }: TextRange): boolean {
  return start === endExclusive;
}

function overlap(a: TextRange, b: TextRange): TextRange | null {
  const start = Math.max(a.start, b.start);
  const endExclusive = Math.min(a.endExclusive, b.endExclusive);
  return start < endExclusive ? { start, endExclusive } : null;
}

function count({ start, endExclusive }: TokenRange): number {
  return endExclusive - start;
}
