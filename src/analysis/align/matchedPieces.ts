import type { TextIndex } from "./textIndex";

/** No block, or no site. */
export const NONE = -1;

/**
 * What is matched so far. A *piece* is a stretch of one text that stands in a *block*: columns side by side in which
 * all texts that have a piece there read the same. A piece need not fill its block.
 */
export class MatchedPieces {
  /** The block each site stands in or -1, `[site]`. */
  readonly blockAt: Int32Array;
  /** The column within that block, `[site]`. */
  readonly offsetAt: Int32Array;
  /** First site of each piece, ascending, `[text][piece]`. */
  readonly starts: readonly number[][];
  /** Site behind each piece, `[text][piece]`. */
  readonly ends: readonly number[][];
  /** How often a string that starts there, or is free from there on, could not be matched; at most 255. `[site]` */
  readonly refusals: Uint8Array;
  /** A site at or behind each one, none placed between: paths to the next free site, shortened when walked. */
  private readonly towardsFree: Int32Array;

  constructor(readonly index: TextIndex) {
    const sites = index.symbols.length;
    this.blockAt = new Int32Array(sites).fill(NONE);
    this.offsetAt = new Int32Array(sites);
    this.refusals = new Uint8Array(sites);
    this.towardsFree = new Int32Array(sites + 1);
    for (let site = 0; site <= sites; site++) this.towardsFree[site] = site;
    this.starts = Array.from({ length: index.starts.length - 1 }, () => []);
    this.ends = this.starts.map(() => []);
  }

  /** Places `length` free sites of one text at `offset` and following of `block`. */
  add(site: number, length: number, block: number, offset: number): void {
    const text = this.index.textOf[site]!;
    const at = lowerBound(this.starts[text]!, site);
    this.starts[text]!.splice(at, 0, site);
    this.ends[text]!.splice(at, 0, site + length);
    for (let i = 0; i < length; i++) {
      this.blockAt[site + i] = block;
      this.offsetAt[site + i] = offset + i;
      this.towardsFree[site + i] = site + length;
    }
  }

  /** The first free site from `site` on; end symbols are always free. */
  nextFree(site: number): number {
    let free = site;
    while (this.towardsFree[free]! !== free) free = this.towardsFree[free]!;
    for (let walk = site; walk !== free;) {
      const next = this.towardsFree[walk]!;
      this.towardsFree[walk] = free;
      walk = next;
    }
    return free;
  }

  /** The first placed site of the same text behind `site`, or nothing. */
  nextPlaced(site: number): number | undefined {
    const starts = this.starts[this.index.textOf[site]!]!;
    return starts[lowerBound(starts, site)];
  }

  /** The last placed site of the same text before a free one, or nothing. */
  lastPlaced(site: number): number | undefined {
    const text = this.index.textOf[site]!;
    const end = this.ends[text]![lowerBound(this.starts[text]!, site) - 1];
    return end === undefined ? undefined : end - 1;
  }

  isFree(site: number, length: number): boolean {
    return this.blockAt[site] === NONE && (this.nextPlaced(site) ?? Infinity) >= site + length;
  }
}

/** The first index whose value is at least `value`, in ascending `values`. */
export function lowerBound(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
