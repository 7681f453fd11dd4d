import { Matcher, type MatchRules, type Place } from "./matcher";
import type { PlaceRange, Stab } from "./stab";

/**
 * Matches strings in blocks that stand in one order, without columns yet. Every text runs through its blocks in that
 * order, so whatever is matched is an alignment, and blocks drift apart as far as the texts between them need.
 */
export class OrderedMatcher extends Matcher {
  /** Blocks in order. */
  readonly sequence: number[] = [];
  /** Where a block stands in `sequence`, `[block]`. */
  private readonly rank: number[] = [];
  /** The mean estimate of a block's first column when it was made, `[block]`. */
  private readonly estimateOf: number[] = [];

  protected override fits(site: number, length: number, block: number, offset: number): boolean {
    const { blockAt, offsetAt } = this.pieces;
    const before = this.pieces.lastPlaced(site);
    if (before !== undefined) {
      const other = blockAt[before]!;
      if (this.rank[other]! > this.rank[block]!) return false;
      // Within a block there are only its own columns for what stands between two pieces.
      if (other === block && offset - offsetAt[before]! < site - before) return false;
    }
    const after = this.pieces.nextPlaced(site);
    if (after !== undefined) {
      const other = blockAt[after]!;
      if (this.rank[other]! < this.rank[block]!) return false;
      if (other === block && offsetAt[after]! - offset < after - site) return false;
    }
    return true;
  }

  /** Places in the order: the k-th is before the k-th block. */
  protected override placesFor(site: number): PlaceRange {
    const { blockAt, index } = this.pieces;
    const before = this.pieces.lastPlaced(site);
    const after = this.pieces.nextPlaced(site);
    return {
      site,
      text: index.textOf[site]!,
      first: before === undefined ? 0 : this.rank[blockAt[before]!]! + 1,
      last: after === undefined ? this.sequence.length : this.rank[blockAt[after]!]!,
    };
  }

  /** A new block, where its mean estimate suggests. */
  protected override choosePlace({ sites, first, last }: Stab, rules: MatchRules): Place {
    const estimate = sites.reduce((sum, site) => sum + rules.estimate[site]!, 0) / sites.length;
    const block = this.rank.length;
    let at = first;
    while (at < last && this.estimateOf[this.sequence[at]!]! <= estimate) at++;
    this.estimateOf.push(estimate);
    this.sequence.splice(at, 0, block);
    this.rank.push(at);
    for (let i = at + 1; i < this.sequence.length; i++) this.rank[this.sequence[i]!] = i;
    return { block, offset: 0 };
  }
}
