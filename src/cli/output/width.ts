/** How much room text takes on a terminal, in cells: letters of Chinese, Japanese and Korean, and emoji, take two. */
import stringWidth from "string-width";

/** Cells that a text takes on one line. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** The text as far as it fits into so many cells, cut between characters; the last is an ellipsis where there was more. */
export function cutToWidth(whole: string, most: number): string {
  // Measuring takes much longer than cutting: a text of megabytes is not measured for one line.
  const text = whole.slice(0, most * UNITS_PER_CELL);
  if (text.length === whole.length && widthOf(text) <= most) return text;
  let cut = "";
  let cells = 0;
  for (const { segment } of characters.segment(text)) {
    cells += widthOf(segment);
    if (cells > most - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** UTF-16 units that a cell may take: an emoji of a family has eleven, and takes two cells. */
const UNITS_PER_CELL = 16;

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
