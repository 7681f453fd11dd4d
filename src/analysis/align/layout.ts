import type { Matcher } from "./matcher";
import { NONE, type MatchedPieces } from "./matchedPieces";

/** Where every character stands. */
export interface Layout {
  readonly columns: number;
  /** A site outside all blocks follows the one before it; end symbols: one further than the text. `[site]` */
  readonly columnAt: Int32Array;
}

/**
 * Puts every block as far left as the texts in it allow: the longest path through the blocks, in their order. What
 * stands between two pieces of a text always has room, and blocks that no text orders may lie over one another, so
 * unrelated texts share columns instead of widening the alignment.
 */
export function layOut(matcher: Matcher): Layout {
  const { pieces } = matcher;
  const startOf = blockStarts(matcher);
  const { starts, symbols } = pieces.index;
  const columnAt = new Int32Array(symbols.length);
  let columns = 0;
  for (let text = 0; text + 1 < starts.length; text++) {
    let column = -1;
    for (let site = starts[text]!; site < starts[text + 1]!; site++) {
      const block = pieces.blockAt[site]!;
      column = block === NONE ? column + 1 : startOf[block]! + pieces.offsetAt[site]!;
      columnAt[site] = column;
    }
    // The end symbol stands behind the text's last column.
    columns = Math.max(columns, column);
  }
  return { columns, columnAt };
}

/** The first column of each block, `[block]`. */
function blockStarts({ pieces, sequence }: Matcher): Int32Array {
  const startOf = new Int32Array(sequence.length);
  const members = piecesByBlock(pieces, sequence.length);
  // Per text, the last site whose column is settled, and that column; before the first one, the site before the text.
  const settledSite = pieces.index.starts.map((start) => start - 1);
  const settledColumn = new Int32Array(settledSite.length).fill(-1);
  for (const block of sequence) {
    let start = 0;
    for (const { text, piece } of members[block]!) {
      const site = pieces.starts[text]![piece]!;
      const earliest = settledColumn[text]! + (site - settledSite[text]!);
      start = Math.max(start, earliest - pieces.offsetAt[site]!);
    }
    startOf[block] = start;
    for (const { text, piece } of members[block]!) {
      const lastSite = pieces.ends[text]![piece]! - 1;
      settledSite[text] = lastSite;
      settledColumn[text] = start + pieces.offsetAt[lastSite]!;
    }
  }
  return startOf;
}

/** The pieces in each block, those of one text in text order, `[block][member]`. */
function piecesByBlock(pieces: MatchedPieces, blocks: number): { text: number; piece: number }[][] {
  const members: { text: number; piece: number }[][] = Array.from({ length: blocks }, () => []);
  pieces.starts.forEach((starts, text) => {
    starts.forEach((site, piece) => members[pieces.blockAt[site]!]!.push({ text, piece }));
  });
  return members;
}
