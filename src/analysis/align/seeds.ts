import type { Columns } from "./columns";
import { GRAM, type Grams } from "./grams";
import type { TextIndex } from "./textIndex";

/** A string counts once for each of these lengths that it has, so that what is equal for longer counts for more. */
const LENGTHS = [8, 16, 30];
const LONGEST = Math.max(...LENGTHS);

/** What a pair of texts scores for a string of some length that both have in the same columns, `[length]`. */
const SCORE_OF = Int32Array.from(
  { length: LONGEST + 1 },
  (_, length) => LENGTHS.filter((least) => least <= length).length,
);

/** Other sites that are looked at when each text's seeds are collected once, at most. */
const SITES_LOOKED_AT = 4e7;

/**
 * How many sites are looked at for one of `sites`, to either side of it in the suffix array: the ones that go on like it
 * the longest, and fewer of them the more sites there are, so that time is linear in the texts.
 */
export function reachFor(sites: number): number {
  return Math.min(256, Math.max(8, Math.floor(SITES_LOOKED_AT / 2 / sites)));
}

/**
 * The seeds of one text: strings of {@link GRAM} characters that others have too, by the columns in which they have
 * them. A seed is a number in [0, count); those of one position of the text follow each other.
 */
export class Seeds {
  count = 0;
  /** The first seed at each position, and behind the last one `count`, `[position]`. */
  firstAt = new Int32Array(0);
  /** Characters of the text before it, `[seed]`. */
  position = new Int32Array(1024);
  /** Column of the others' first character, `[seed]`. */
  column = new Int32Array(1024);
  /** Column of the others' last character, `[seed]`. */
  lastColumn = new Int32Array(1024);
  /** Where one of the others has it, `[seed]`. */
  site = new Int32Array(1024);
  /** What the text scores with the others when it stands there, copies counted, `[seed]`. */
  score = new Int32Array(1024);
  /** An earlier seed of the same position and column, or -1, `[seed]`. */
  sibling = new Int32Array(1024);
  /** Other sites looked at, and seeds found, so far. */
  work = 0;

  constructor(
    private readonly index: TextIndex,
    private readonly copies: Int32Array,
    private readonly grams: Grams,
    private readonly reach: number,
  ) {}

  /** Takes up the seeds of `text` with all others, which stand in `columns`. */
  collect(text: number, columns: Columns): void {
    const { starts } = this.index;
    const length = starts[text + 1]! - 1 - starts[text]!;
    /** The last seed at each column. */
    const lastAt = new Int32Array(columns.count).fill(-1);
    this.count = 0;
    this.firstAt = new Int32Array(length + 1);
    for (let position = 0; position < length; position++) {
      this.firstAt[position] = this.count;
      const site = starts[text]! + position;
      if (this.grams.isShared[site] === 0) continue;
      this.collectAt(text, position, -1, columns.columnAt, lastAt);
      this.collectAt(text, position, 1, columns.columnAt, lastAt);
    }
    this.firstAt[length] = this.count;
    this.work += this.count;
  }

  /** Looks at the neighbours in the suffix array, before or behind, from those that have the most in common on. */
  private collectAt(
    text: number,
    position: number,
    step: 1 | -1,
    columnAt: Int32Array,
    lastAt: Int32Array,
  ): void {
    const { order, common, starts, textOf } = this.index;
    const rank = this.grams.rankOf[starts[text]! + position]!;
    let length = LONGEST;
    for (let n = 1; n <= this.reach; n++) {
      const other = rank + step * n;
      // What two neighbours have in common stands at the one behind.
      length = Math.min(length, common[step > 0 ? other : other + 1] ?? 0);
      if (length < GRAM) break;
      this.work++;
      const site = order[other]!;
      if (textOf[site] === text) continue;
      const column = columnAt[site]!;
      const lastColumn = columnAt[site + GRAM - 1]!;
      const head = lastAt[column]! >= this.firstAt[position]! ? lastAt[column]! : -1;
      let seed = head;
      while (seed >= 0 && this.lastColumn[seed] !== lastColumn) seed = this.sibling[seed]!;
      if (seed < 0) {
        seed = this.add(position, column, lastColumn, site, head);
        lastAt[column] = seed;
      }
      this.score[seed]! += SCORE_OF[length]! * this.copies[textOf[site]!]!;
    }
  }

  private add(
    position: number,
    column: number,
    lastColumn: number,
    site: number,
    sibling: number,
  ): number {
    if (this.count === this.site.length) this.grow();
    const seed = this.count++;
    this.position[seed] = position;
    this.column[seed] = column;
    this.lastColumn[seed] = lastColumn;
    this.site[seed] = site;
    this.sibling[seed] = sibling;
    this.score[seed] = 0;
    return seed;
  }

  private grow(): void {
    const doubled = (values: Int32Array) => {
      const longer = new Int32Array(2 * values.length);
      longer.set(values);
      return longer;
    };
    this.position = doubled(this.position);
    this.column = doubled(this.column);
    this.lastColumn = doubled(this.lastColumn);
    this.site = doubled(this.site);
    this.score = doubled(this.score);
    this.sibling = doubled(this.sibling);
  }
}
