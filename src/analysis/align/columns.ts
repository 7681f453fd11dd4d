import type { TextIndex } from "./textIndex";

/** A character that is matched with no other text's. */
export const UNMATCHED = -1;

/** The columns of an alignment while its texts are moved, one at a time. */
export class Columns {
  /** The column of each character, ascending within a text; end symbols have none. `[site]` */
  readonly columnAt: Int32Array;
  /** Different texts that have a character there, `[column]`. */
  texts = new Int32Array(0);
  /** Texts, copies counted, that go on from this column to the next without a gap, `[column]`. */
  through = new Int32Array(0);

  constructor(
    private readonly index: TextIndex,
    private readonly copies: Int32Array,
    columnAt: Int32Array,
    public count: number,
  ) {
    this.columnAt = columnAt.slice();
    this.tallyAll();
  }

  /** Takes a text out of the counts; until it is put again, its characters only remember where they stood. */
  take(text: number): void {
    this.tally(text, -1);
  }

  /** Puts a text that was taken back where it stood. */
  putBack(text: number): void {
    this.tally(text, 1);
  }

  /**
   * Puts a text that was taken elsewhere: its matched characters as given, the others between them, as far left as they
   * can stand. Where there are more of them than columns, columns are inserted, where they interrupt the fewest texts.
   * @param matched Column of each character, ascending, or {@link UNMATCHED}; `[character]`
   */
  putAt(text: number, matched: Int32Array): void {
    const placed = new Int32Array(matched.length);
    /** Columns inserted before each column and behind the last, `[column]`. */
    const insertedBefore = new Int32Array(this.count + 1);
    let inserted = 0;
    let [lastCharacter, lastColumn] = [-1, -1];
    for (let i = 0; i <= matched.length; i++) {
      if (matched[i] === UNMATCHED) continue;
      const column = matched[i] ?? this.count;
      for (let between = lastCharacter + 1; between < i; between++) {
        placed[between] = lastColumn + inserted + between - lastCharacter;
      }
      const missing = i - lastCharacter - (column - lastColumn);
      if (missing > 0) {
        insertedBefore[this.leastThrough(lastColumn, column) + 1]! += missing;
        inserted += missing;
      }
      if (i < matched.length) placed[i] = column + inserted;
      [lastCharacter, lastColumn] = [i, column];
    }
    if (inserted > 0) this.insert(insertedBefore, inserted);
    this.columnAt.set(placed, this.index.starts[text]);
    this.tally(text, 1);
  }

  /** Drops the columns in which no text has a character. */
  dropEmpty(): void {
    this.tallyAll();
    const renumbered = new Int32Array(this.count);
    let count = 0;
    for (let column = 0; column < this.count; column++) {
      renumbered[column] = count;
      if (this.texts[column]! > 0) count++;
    }
    this.forEachSite((site) => {
      this.columnAt[site] = renumbered[this.columnAt[site]!]!;
    });
    this.count = count;
    this.tallyAll();
  }

  /** The column in `[from, to)` from which the fewest texts go on, the leftmost of equal ones; -1 is before the first. */
  private leastThrough(from: number, to: number): number {
    let least = from;
    for (let column = from + 1; column < to; column++) {
      if (this.through[column]! < (this.through[least] ?? 0)) least = column;
    }
    return least;
  }

  private insert(insertedBefore: Int32Array, inserted: number): void {
    const texts = new Int32Array(this.count + inserted);
    const through = new Int32Array(this.count + inserted);
    const shift = insertedBefore;
    for (let column = 0; column < this.count; column++) {
      if (column > 0) shift[column]! += shift[column - 1]!;
      texts[column + shift[column]!] = this.texts[column]!;
      // What stands between two columns now interrupts the texts that went on.
      if (insertedBefore[column + 1] === 0) {
        through[column + shift[column]!] = this.through[column]!;
      }
    }
    this.texts = texts;
    this.through = through;
    this.count += inserted;
    this.forEachSite((site) => {
      this.columnAt[site]! += shift[this.columnAt[site]!]!;
    });
  }

  private tallyAll(): void {
    this.texts = new Int32Array(this.count);
    this.through = new Int32Array(this.count);
    for (let text = 0; text < this.copies.length; text++) this.tally(text, 1);
  }

  /** Adds a text to the counts, or takes it out with -1. */
  private tally(text: number, sign: 1 | -1): void {
    const { starts } = this.index;
    const end = starts[text + 1]! - 1;
    const copies = sign * this.copies[text]!;
    for (let site = starts[text]!; site < end; site++) {
      const column = this.columnAt[site]!;
      this.texts[column]! += sign;
      if (site + 1 < end && this.columnAt[site + 1] === column + 1) this.through[column]! += copies;
    }
  }

  private forEachSite(visit: (site: number) => void): void {
    const { starts } = this.index;
    for (let text = 0; text < this.copies.length; text++) {
      for (let site = starts[text]!; site < starts[text + 1]! - 1; site++) visit(site);
    }
  }
}
