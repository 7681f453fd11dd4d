import { formatNumber, formatSigned, visibleText } from "../../analysis/presentation/format";
import type { View } from "../../protocol/settings";
import { type ViewCell, cellsOf } from "../../report/cells";
import type { ExportedText } from "../../report/document";
import { legend, paint } from "./palette";

/**
 * The text with a background colour for each bucket, as in the editor's heat map, and each line's bits (in a
 * view of ranks its worst one) in the margin. Control characters become visible signs: no text reaches the terminal as a
 * command.
 */
export function toColouredText(scored: ExportedText, view: View, colour: boolean): string {
  const lines: Line[] = [{ values: [], shown: "" }];
  const columns = {
    base: scored.base?.columns ?? null,
    rlhf: scored.rlhf?.columns ?? null,
  };
  for (const { text, value } of runsOf(scored.text, cellsOf(columns, view))) {
    // A run counts for the line it begins in, and is painted in every line it reaches.
    if (value !== null) lines.at(-1)!.values.push(value);
    for (const [i, part] of text.split("\n").entries()) {
      if (i > 0) lines.push({ values: [], shown: "" });
      const shown = part.split("\t").map(visibleText).join("\t");
      lines.at(-1)!.shown += colour && value !== null ? paint(shown, view, value) : shown;
    }
  }
  const head = [`${visibleText(scored.name)}: ${TITLES[view]}`, ...(colour ? [legend(view)] : [])];
  const body = lines.map(({ values, shown }) => `${margin(values, view)} │ ${shown}`);
  return [...head, ...body].map((line) => `${line}\n`).join("");
}

const TITLES: Record<View, string> = {
  base: "surprisal under the base model, bits",
  rlhf: "surprisal under the RLHF model, bits",
  difference: "log2 p(base) - log2 p(RLHF), bits",
  rank: "rank among the RLHF model's guesses",
  baseRank: "rank among the base model's guesses",
};

interface Line {
  readonly values: number[];
  shown: string;
}

/** The whole text in order, cells and what lies between them; line ends are `\n`. */
function* runsOf(
  text: string,
  cells: readonly ViewCell[],
): Iterable<{ readonly text: string; readonly value: number | null }> {
  const part = (from: number, to: number) => {
    const isCutCrLf = text[to - 1] === "\r" && text[to] === "\n";
    return text.slice(from, isCutCrLf ? to - 1 : to).replaceAll("\r\n", "\n");
  };
  let at = 0;
  for (const { start, endExclusive, value } of cells) {
    if (start > at) yield { text: part(at, start), value: null };
    yield { text: part(start, endExclusive), value };
    at = endExclusive;
  }
  yield { text: part(at, text.length), value: null };
}

const MARGIN_WIDTH = 8;

function margin(values: readonly number[], view: View): string {
  if (values.length === 0) return " ".repeat(MARGIN_WIDTH);
  return marginLabel(values, view).padStart(MARGIN_WIDTH);
}

function marginLabel(values: readonly number[], view: View): string {
  if (view === "rank" || view === "baseRank")
    return formatNumber(
      values.reduce((worst, rank) => Math.max(worst, rank)),
      0,
    );
  const bits = values.reduce((sum, value) => sum + value, 0);
  return view === "difference" ? formatSigned(bits, 1) : formatNumber(bits, 1);
}
