import type { TextSums } from "./bootstrap";

/** Cells that are kept; a power of two, and many more than the eight blocks that a bootstrap wants. */
export const MOST_CELLS = 65_536;

/**
 * Values in text order, each a sum over a number of things, kept for a bootstrap over blocks. What would be more than
 * {@link MOST_CELLS} is pooled, neighbour with neighbour, so that a text of any length takes the same memory.
 */
export class Cells {
  private readonly sums = new Growing();
  private readonly counts = new Growing();
  /** Values that a whole cell holds, a power of two. */
  private size = 1;
  private values = 0;

  /** @param count things that the value is a sum over */
  add(sum: number, count: number): void {
    if (this.values === this.size * MOST_CELLS) this.pool();
    const cell = Math.floor(this.values / this.size);
    this.sums.addAt(cell, sum);
    this.counts.addAt(cell, count);
    this.values++;
  }

  /** A copy. */
  value(): TextSums {
    const cells = Math.ceil(this.values / this.size);
    return {
      length: this.values,
      cellSize: this.size,
      sums: this.sums.first(cells),
      counts: this.counts.first(cells),
    };
  }

  private pool(): void {
    this.sums.pool();
    this.counts.pool();
    this.size *= 2;
  }
}

/** Numbers by index, as many as are needed. */
class Growing {
  private array = new Float64Array(64);

  addAt(index: number, number: number): void {
    if (index === this.array.length) {
      const larger = new Float64Array(2 * index);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[index]! += number;
  }

  first(count: number): Float64Array {
    return this.array.slice(0, count);
  }

  /** Each two neighbours become one. */
  pool(): void {
    const { array } = this;
    const half = array.length / 2;
    for (let i = 0; i < half; i++) array[i] = array[2 * i]! + array[2 * i + 1]!;
    array.fill(0, half);
  }
}
