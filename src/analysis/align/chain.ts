import { UNMATCHED, type Columns } from "./columns";
import { GRAM } from "./grams";
import { NOTHING, PrefixMaximum } from "./prefixMaximum";
import { rangeMinimum } from "./rangeMinimum";
import type { Seeds } from "./seeds";
import type { TextIndex } from "./textIndex";

/** What a column costs that a text has for itself, as a share of what a pair of texts scores for a string. */
const COLUMN_COST = 0.25;

/** What inserting columns costs for every text that they interrupt. */
const BREAK_COST = 4;

/**
 * The chain of seeds with the highest score: where a text stands best, given the others. The next seed stands behind the
 * one before it, in the text and in the columns, or goes on from it in the columns of the same other text. Where a
 * text has more characters between two seeds than the others have columns, the columns it is short of have their cost.
 *
 * Chaining of fragments by prefix maxima (Abouelhoda and Ohlebusch 2005) in O(n log n) for n seeds. It is exact but for
 * one thing: of the chains that lead to a seed at a cost, only the one that scores highest without the cost is tried.
 */
export class Chaining {
  /** Columns before each one that other texts use, and behind the last one all of them, `[column]`. */
  private readonly usedBefore: Int32Array;
  private readonly leastThrough: (from: number, to: number) => number;
  /** The score of the best chain that ends with a seed, its costs taken off, `[seed]`. */
  private readonly value: Float64Array;
  /** The seed before it in that chain, or {@link NOTHING}, `[seed]`. */
  private readonly from: Int32Array;
  /** The last seed passed at each column, `[column]`, and on each diagonal, `[column - position + length]`. */
  private readonly lastAt: Int32Array;
  private readonly lastOn: Int32Array;
  /** Chains by the column in which they end, and by the slack behind them, `length` added. */
  private readonly byColumn: PrefixMaximum;
  private readonly bySlack: PrefixMaximum;
  /** The text's first site, and its characters. */
  private readonly start: number;
  private readonly length: number;

  /**
   * @param seeds Those of the text.
   * @param columns The others' columns, the text itself taken out.
   */
  constructor(
    private readonly index: TextIndex,
    private readonly seeds: Seeds,
    private readonly columns: Columns,
    text: number,
  ) {
    this.start = index.starts[text]!;
    this.length = index.starts[text + 1]! - 1 - this.start;
    this.usedBefore = new Int32Array(columns.count + 1);
    for (let column = 0; column < columns.count; column++) {
      this.usedBefore[column + 1] = this.usedBefore[column]! + (columns.texts[column]! > 0 ? 1 : 0);
    }
    this.leastThrough = rangeMinimum(columns.through);
    this.value = new Float64Array(seeds.count).fill(-Infinity);
    this.from = new Int32Array(seeds.count);
    this.lastAt = new Int32Array(columns.count).fill(NOTHING);
    this.lastOn = new Int32Array(columns.count + this.length).fill(NOTHING);
    this.byColumn = new PrefixMaximum(columns.count);
    this.bySlack = new PrefixMaximum(columns.count + this.length + 1);
  }

  /**
   * The column of every character in the best chain, or {@link UNMATCHED}; nothing when the text scores as much where it
   * stands.
   */
  best(): Int32Array | undefined {
    this.evaluate();
    let most = this.scoreInPlace();
    let last = NOTHING;
    for (let seed = 0; seed < this.seeds.count; seed++) {
      const score = this.value[seed]! - this.columnCost(seed, this.slackAtEnd());
      if (score > most) [most, last] = [score, seed];
    }
    return last === NOTHING ? undefined : this.matchedColumns(last);
  }

  /** What the text scores where it stands; what it interrupts there is not held against it. */
  private scoreInPlace(): number {
    const { seeds, start } = this;
    const { columnAt } = this.columns;
    let score = 0;
    let last = NOTHING;
    for (let seed = 0; seed < seeds.count; seed++) {
      const site = start + seeds.position[seed]!;
      if (columnAt[site] !== seeds.column[seed]) continue;
      if (columnAt[site + GRAM - 1] !== seeds.lastColumn[seed]) continue;
      score += seeds.score[seed]!;
      if (last === NOTHING || seeds.position[seed]! >= seeds.position[last]! + GRAM) {
        score -= this.columnCost(last, this.slackBefore(seed));
      }
      last = seed;
    }
    return score - this.columnCost(last, this.slackAtEnd());
  }

  /** Finds value and predecessor of every seed, position by position. */
  private evaluate(): void {
    const { firstAt, column } = this.seeds;
    for (let position = 0; position < this.length; position++) {
      if (position >= GRAM) this.enterSeedsAt(position - GRAM);
      const endExclusive = firstAt[position + 1]!;
      for (let seed = firstAt[position]!; seed < endExclusive; seed++) this.evaluateSeed(seed);
      for (let seed = firstAt[position]!; seed < endExclusive; seed++) {
        this.lastAt[column[seed]!] = seed;
        this.lastOn[column[seed]! - position + this.length] = seed;
      }
    }
  }

  /** From now on, chains that end with the seeds at a position may be followed by others. */
  private enterSeedsAt(position: number): void {
    const { firstAt, lastColumn } = this.seeds;
    for (let seed = firstAt[position]!; seed < firstAt[position + 1]!; seed++) {
      this.byColumn.enter(lastColumn[seed]!, this.value[seed]!, seed);
      this.bySlack.enter(this.slackBehind(seed) + this.length, this.value[seed]!, seed);
    }
  }

  private evaluateSeed(seed: number): void {
    this.offerOverlapping(seed);
    const slack = this.slackBefore(seed);
    this.offer(seed, NOTHING, this.columnCost(NOTHING, slack));
    const highest = this.byColumn.best(this.seeds.column[seed]!);
    if (highest !== NOTHING) this.offer(seed, highest, this.cost(highest, seed));
    const spare = this.bySlack.best(slack + this.length + 1);
    if (spare !== NOTHING) this.offer(seed, spare, 0);
    this.value[seed]! += this.seeds.score[seed]!;
  }

  /** Takes the chain that ends with `from` as the one before `seed`, unless one before was as good. */
  private offer(seed: number, from: number, cost: number): void {
    const value = (from === NOTHING ? 0 : this.value[from]!) - cost;
    if (value <= this.value[seed]!) return;
    this.value[seed] = value;
    this.from[seed] = from;
  }

  /** Offers the chains whose last seed overlaps with this one and has the same columns for what they share. */
  private offerOverlapping(seed: number): void {
    const { seeds, index } = this;
    const { columnAt } = this.columns;
    const site = seeds.site[seed]!;
    const position = seeds.position[seed]!;
    if (position > 0 && site > index.starts[index.textOf[site]!]!) {
      // One character before, in the columns of the same other text, be there gaps or not.
      const first = seeds.firstAt[position - 1]!;
      let before = this.lastAt[columnAt[site - 1]!]!;
      while (before >= first && seeds.lastColumn[before] !== columnAt[site + GRAM - 2]) {
        before = seeds.sibling[before]!;
      }
      if (before >= first) this.offer(seed, before, 0);
    }
    // Some characters before, without gaps, where yet other texts have it.
    const before = this.lastOn[seeds.column[seed]! - position + this.length]!;
    if (before === NOTHING) return;
    const ahead = position - seeds.position[before]!;
    if (ahead >= GRAM || columnAt[seeds.site[before]! + ahead] !== seeds.column[seed]) return;
    if (columnAt[site + GRAM - 1 - ahead] === seeds.lastColumn[before]) this.offer(seed, before, 0);
  }

  /** Slack: columns that the others have before a seed, less the text's characters before it. */
  private slackBefore(seed: number): number {
    return this.usedBefore[this.seeds.column[seed]!]! - this.seeds.position[seed]!;
  }

  /** The same behind the seed's last character; at the text's beginning for {@link NOTHING}. */
  private slackBehind(seed: number): number {
    if (seed === NOTHING) return 0;
    return this.usedBefore[this.seeds.lastColumn[seed]! + 1]! - this.seeds.position[seed]! - GRAM;
  }

  private slackAtEnd(): number {
    return this.usedBefore[this.columns.count]! - this.length;
  }

  /** What the columns cost that the text needs for itself between a seed and where the slack is `slack`. */
  private columnCost(from: number, slack: number): number {
    return COLUMN_COST * Math.max(0, this.slackBehind(from) - slack);
  }

  /** What it costs to go from one seed to another: columns of its own, and the texts that these interrupt. */
  private cost(from: number, to: number): number {
    const columns = this.columnCost(from, this.slackBefore(to));
    if (columns === 0) return 0;
    const { lastColumn, column } = this.seeds;
    return columns + BREAK_COST * this.leastThrough(lastColumn[from]!, column[to]! - 1);
  }

  /** The columns that a chain gives the text, by its last seed. */
  private matchedColumns(last: number): Int32Array {
    const { seeds } = this;
    const chain: number[] = [];
    for (let seed = last; seed !== NOTHING; seed = this.from[seed]!) chain.push(seed);
    const matched = new Int32Array(this.length).fill(UNMATCHED);
    let [position, column] = [-1, -1];
    for (const seed of chain.reverse()) {
      for (let i = 0; i < GRAM; i++) {
        const next = this.columns.columnAt[seeds.site[seed]! + i]!;
        if (seeds.position[seed]! + i <= position || next <= column) continue;
        [position, column] = [seeds.position[seed]! + i, next];
        matched[position] = column;
      }
    }
    return matched;
  }
}
