import { isInWord } from "../text/words";
import type { Alignment } from "./align";

/**
 * Where the characters of an alignment are shown: as they are aligned, but for gaps inside words that no other text needs.
 * Such a gap is moved to the nearer end of its word, together with all characters that stand under or over what moves and
 * are equal to it, in texts that have the same gap or have room. What is equal and in one column stays in one column;
 * where one of those characters can't move, or is one that most texts have there, the word stays torn. What happens to
 * stand in one column afterwards is in no number.
 *
 * Costs O(characters), and for each gap inside a word the characters that move with it, at most {@link MOST_MOVED}.
 * @param texts The aligned texts, `[text]`.
 * @returns The column of each code point, ascending, `[text][code point]`.
 */
export function keepWordsWhole(
  texts: readonly string[],
  alignment: Pick<Alignment, "rows" | "columns">,
): readonly Int32Array[] {
  const { rows, columns } = alignment;
  const starts = startsOf(rows);
  const sites = sitesOf(texts, alignment, starts);
  let start = 0;
  while (start < sites.columnAt.length) {
    const end = wordEnd(sites, start);
    for (let cut = start + 1; cut < end; cut++) {
      if (gapBefore(sites, cut) > 0) mend(sites, columns, { start, cut, end });
    }
    start = end;
  }
  return rows.map((row, text) => {
    const start = starts[text]!;
    return sites.columnAt.slice(start, start + row.length);
  });
}

/** Characters that a gap may move; what hangs on more has its place in the alignment. */
const MOST_MOVED = 1000;

/** All characters, text after text. */
interface Sites {
  /** `[site]` */
  readonly columnAt: Int32Array;
  /** Whether a text begins here; also behind the last site. `[site]` */
  readonly begins: Uint8Array;
  /** Whether a site and the one before it are in one word, `[site]`. */
  readonly goesOn: Uint8Array;
  /** The next site with the same character in the same column, and after the last one the first, `[site]`. */
  readonly partner: Int32Array;
  /** Whether most texts have the same character in the site's column, `[site]`. */
  readonly isCommon: Uint8Array;
}

/** The first site of each text, and the one behind the last, `[text]`. */
function startsOf(rows: readonly Int32Array[]): readonly number[] {
  const starts = [0];
  for (const { length } of rows) starts.push(starts.at(-1)! + length);
  return starts;
}

function sitesOf(
  texts: readonly string[],
  { rows, columns }: Pick<Alignment, "rows" | "columns">,
  starts: readonly number[],
): Sites {
  const count = starts.at(-1)!;
  const columnAt = new Int32Array(count);
  const begins = new Uint8Array(count + 1);
  const goesOn = new Uint8Array(count);
  const points = new Int32Array(count);
  /** Asked once for each character there is. */
  const inWord = new Map<string, boolean>();
  rows.forEach((row, text) => columnAt.set(row, starts[text]));
  for (const start of starts) begins[start] = 1;
  let site = 0;
  for (const text of texts) {
    let wasInWord = false;
    for (const character of text) {
      const isIn = inWord.get(character) ?? isInWord(character);
      inWord.set(character, isIn);
      points[site] = character.codePointAt(0)!;
      goesOn[site++] = Number(isIn && wasInWord);
      wasInWord = isIn;
    }
  }
  return { columnAt, begins, goesOn, ...equalSites(points, columnAt, columns, texts.length) };
}

/** Links the sites that have the same character in the same column, and marks those that most of so many texts have. */
function equalSites(
  points: Int32Array,
  columnAt: Int32Array,
  columns: number,
  texts: number,
): Pick<Sites, "partner" | "isCommon"> {
  const partner = new Int32Array(points.length);
  const isCommon = new Uint8Array(points.length);
  const { order, ends } = byColumn(columnAt, columns);
  for (let column = 0; column < columns; column++) {
    const equal = new Map<number, number[]>();
    for (const site of order.subarray(ends[column - 1] ?? 0, ends[column])) {
      const others = equal.get(points[site]!);
      if (others) others.push(site);
      else equal.set(points[site]!, [site]);
    }
    for (const sites of equal.values()) {
      sites.forEach((site, i) => {
        partner[site] = sites[(i + 1) % sites.length]!;
        isCommon[site] = Number(2 * sites.length > texts);
      });
    }
  }
  return { partner, isCommon };
}

/** The sites column by column, and how many there are up to and with each column, `[column]`. */
function byColumn(columnAt: Int32Array, columns: number) {
  const ends = new Int32Array(columns);
  for (const column of columnAt) ends[column]!++;
  for (let column = 1; column < columns; column++) ends[column]! += ends[column - 1]!;
  const order = new Int32Array(columnAt.length);
  const free = ends.slice();
  for (let site = columnAt.length - 1; site >= 0; site--) order[--free[columnAt[site]!]!] = site;
  return { order, ends };
}

/** Behind the word that begins at a site, or behind the site. */
function wordEnd({ goesOn }: Sites, start: number): number {
  let end = start + 1;
  while (goesOn[end] === 1) end++;
  return end;
}

/** Columns between a site and the one before it in its text. */
function gapBefore({ columnAt }: Sites, site: number): number {
  return columnAt[site]! - columnAt[site - 1]! - 1;
}

/** A word with a gap before `cut`; sites. */
interface TornWord {
  readonly start: number;
  readonly cut: number;
  readonly end: number;
}

/** Closes the gap by what moves fewer characters of the word, else by what moves the others, else not at all. */
function mend(sites: Sites, columns: number, { start, cut, end }: TornWord): void {
  const gap = gapBefore(sites, cut);
  const ways = [
    { first: start, endExclusive: cut, by: gap },
    { first: cut, endExclusive: end, by: -gap },
  ].sort((a, b) => a.endExclusive - a.first - (b.endExclusive - b.first));
  for (const { first, endExclusive, by } of ways) {
    const moved = movedWith(sites, first, endExclusive, by);
    if (moved === null || !haveRoom(sites, columns, moved, by)) continue;
    for (const site of moved) sites.columnAt[site]! += by;
    return;
  }
}

/**
 * All that moves when a part of a word does: equal characters in the same columns, and what would be torn off them on the
 * side that they leave. Null: something that stays.
 */
function movedWith(
  { columnAt, goesOn, partner, isCommon }: Sites,
  first: number,
  endExclusive: number,
  by: number,
): ReadonlySet<number> | null {
  const moved = new Set<number>();
  for (let site = first; site < endExclusive; site++) moved.add(site);
  // A set is walked to what is added on the way.
  for (const site of moved) {
    if (isCommon[site] === 1 || moved.size > MOST_MOVED) return null;
    for (let other = partner[site]!; other !== site; other = partner[other]!) moved.add(other);
    const [left, joint] = by > 0 ? [site - 1, site] : [site + 1, site + 1];
    if (goesOn[joint] === 1 && Math.abs(columnAt[left]! - columnAt[site]!) === 1) moved.add(left);
  }
  return moved;
}

/** Whether what moves stays on its side of what does not, and within the alignment. */
function haveRoom(
  { columnAt, begins }: Sites,
  columns: number,
  moved: ReadonlySet<number>,
  by: number,
): boolean {
  for (const site of moved) {
    const column = columnAt[site]! + by;
    if (column < 0 || column >= columns) return false;
    const [ahead, joint] = by > 0 ? [site + 1, site + 1] : [site - 1, site];
    if (begins[joint] === 1 || moved.has(ahead)) continue;
    if (by > 0 ? column >= columnAt[ahead]! : column <= columnAt[ahead]!) return false;
  }
  return true;
}
