import type { TextRange, TokenColumns } from "../../protocol/scores";

/** One replacement: the UTF-16 units `[start, endExclusive)` of the old text became `length` new ones. */
export interface Edit {
  readonly start: number;
  readonly endExclusive: number;
  readonly length: number;
}

/**
 * The columns with every token where it stands after the edit. Tokens that lost characters, or that were split by an
 * insertion, have no text of their own any more and become empty ranges; rows keep their numbers.
 */
export function moveTokens(columns: TokenColumns, edit: Edit): TokenColumns {
  const shift = edit.length - (edit.endExclusive - edit.start);
  const start = columns.start.slice();
  const endExclusive = columns.endExclusive.slice();
  for (let token = 0; token < columns.count; token++) {
    const from = start[token]!;
    const to = endExclusive[token]!;
    if (to <= edit.start) continue;
    if (from >= edit.endExclusive) {
      start[token] = from + shift;
      endExclusive[token] = to + shift;
    } else {
      start[token] = endExclusive[token] = edit.start;
    }
  }
  return { ...columns, start, endExclusive };
}

/** The range after the edit: it grows with what is typed inside it and shrinks with what is deleted. */
export function moveRange(range: TextRange, edit: Edit): TextRange {
  const shift = edit.length - (edit.endExclusive - edit.start);
  const start = range.start <= edit.start ? range.start : Math.max(range.start + shift, edit.start);
  const end =
    range.endExclusive < edit.start
      ? range.endExclusive
      : Math.max(range.endExclusive + shift, edit.start + edit.length);
  return { start, endExclusive: Math.max(start, end) };
}

/** How far back an edit can change tokens where nothing is blank, UTF-16 units: far beyond any vocabulary's longest piece. */
const LONGEST_WORD = 1024;

/**
 * The first offset whose token may be another one after the edit. Tokenizers merge within a word and with the blanks
 * in front of it, so what stands before both keeps its tokens.
 */
export function firstStaleOffset(oldText: string, edit: Edit): number {
  const limit = Math.max(0, edit.start - LONGEST_WORD);
  let offset = edit.start;
  while (offset > limit && !isBlank(oldText.charAt(offset - 1))) offset--;
  while (offset > limit && isBlank(oldText.charAt(offset - 1))) offset--;
  return offset;
}

function isBlank(character: string): boolean {
  return character.trim() === "";
}
