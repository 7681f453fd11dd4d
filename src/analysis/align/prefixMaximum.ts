/** No entry. */
export const NOTHING = -1;

/**
 * The greatest value entered at an index or below, and by whom: a Fenwick tree of maxima (Fenwick 1994). Entering and
 * asking take logarithmic time. Of equal values the one entered first counts.
 */
export class PrefixMaximum {
  private readonly values: Float64Array;
  private readonly owners: Int32Array;

  /** @param size Indices are in [0, size). */
  constructor(size: number) {
    this.values = new Float64Array(size + 1).fill(-Infinity);
    this.owners = new Int32Array(size + 1).fill(NOTHING);
  }

  enter(index: number, value: number, owner: number): void {
    for (let node = index + 1; node < this.values.length; node += node & -node) {
      if (value <= this.values[node]!) continue;
      this.values[node] = value;
      this.owners[node] = owner;
    }
  }

  /** The owner of the greatest value in `[0, endExclusive)`, or {@link NOTHING}. */
  best(endExclusive: number): number {
    let greatest = -Infinity;
    let owner = NOTHING;
    for (let node = endExclusive; node > 0; node -= node & -node) {
      if (this.values[node]! <= greatest) continue;
      greatest = this.values[node]!;
      owner = this.owners[node]!;
    }
    return owner;
  }
}
