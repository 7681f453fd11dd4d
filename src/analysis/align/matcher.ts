import { partsToPlace } from "./parts";
import { NONE, type MatchedPieces } from "./matchedPieces";
import { mostStabbed, type PlaceRange, type Stab } from "./stab";

/** How one string may be matched. */
export interface MatchRules {
  /** Where each site stands by what was matched before, in columns, `[site]`. */
  readonly estimate: Int32Array;
  /** How far apart matched occurrences may stand, in columns. */
  readonly reach: number;
  /** Texts that must come together to match a string anew, copies counted. */
  readonly minTexts: number;
}

/**
 * Matches strings that texts share, one after the other, each as far as those before allow: greedy choice of consistent
 * matches as in DIALIGN (Morgenstern et al. 1996), but of strings in many texts instead of segments of two. Matches are
 * blocks that stand in one order, without columns yet. Every text runs through its blocks in that order, so whatever is
 * matched is an alignment, and blocks drift apart as far as the texts between them need.
 */
export class Matcher {
  /** Blocks in order. */
  readonly sequence: number[] = [];
  /** Work done: occurrences looked at and sites placed; the same unit as cells of dynamic programming. */
  work = 0;
  /** Where a block stands in `sequence`, `[block]`. */
  private readonly rank: number[] = [];
  /** The mean estimate of a block's first column when it was made, `[block]`. */
  private readonly estimateOf: number[] = [];

  constructor(
    readonly pieces: MatchedPieces,
    private readonly copies: Int32Array,
  ) {}

  /**
   * Matches the occurrences of one string.
   * @param sites Where it starts, ascending.
   * @param length Its characters.
   */
  match(sites: Int32Array, length: number, rules: MatchRules): void {
    this.work += sites.length;
    for (const [from, to] of partsToPlace(this.pieces, sites, length)) {
      this.matchPart(sites, from, to, rules);
    }
  }

  /** Matches characters `from .. to` of all occurrences: first with those that are placed, then among themselves. */
  private matchPart(sites: Int32Array, from: number, to: number, rules: MatchRules): void {
    this.work += sites.length;
    const length = to - from;
    const placed: number[] = [];
    let free: number[] = [];
    for (let i = 0; i < sites.length; i++) {
      const site = sites[i]! + from;
      if (this.pieces.isFree(site, length)) free.push(site);
      else if (this.pieces.blockAt[site] !== NONE) placed.push(site);
    }
    if (placed.length > 0 && free.length > 0) {
      free = this.join(free, length, this.commonest(placed), rules);
    }
    while (free.length > 1) {
      const ranges = this.nearest(free, rules).map((site) => this.placesFor(site));
      const stab = mostStabbed(ranges, this.copies);
      if (stab.sites.length < 2 || stab.texts < rules.minTexts) break;
      const block = this.addBlock(stab, rules.estimate);
      for (const site of stab.sites) this.place(site, length, block, 0);
      free = free.filter((site) => this.pieces.isFree(site, length));
    }
    for (const site of free) {
      this.pieces.refusals[site] = Math.min(this.pieces.refusals[site]! + 1, 255);
    }
  }

  /** Among placed sites, one at the place where most texts are. */
  private commonest(placed: readonly number[]): number {
    const { blockAt, offsetAt, index } = this.pieces;
    const votes = new Map<number, number>();
    let best = placed[0]!;
    let most = 0;
    for (let i = 0; i < placed.length;) {
      // Neighbours in the list mostly stand at one place, and are counted together.
      const site = placed[i]!;
      const [block, offset] = [blockAt[site]!, offsetAt[site]!];
      let texts = 0;
      for (; i < placed.length; i++) {
        if (blockAt[placed[i]!] !== block || offsetAt[placed[i]!] !== offset) break;
        texts += this.copies[index.textOf[placed[i]!]!]!;
      }
      const place = block * 2 ** 26 + offset;
      const count = (votes.get(place) ?? 0) + texts;
      votes.set(place, count);
      if (count > most) [best, most] = [site, count];
    }
    return best;
  }

  /** Puts the free occurrences that may stand where `model` stands there; returns the others. */
  private join(
    free: readonly number[],
    length: number,
    model: number,
    { estimate, reach }: MatchRules,
  ): number[] {
    const block = this.pieces.blockAt[model]!;
    const offset = this.pieces.offsetAt[model]!;
    return free.filter((site) => {
      // One that was just placed may overlap the next of the same text.
      if (!this.pieces.isFree(site, length)) return false;
      const near = Math.abs(estimate[site]! - estimate[model]!) <= reach;
      if (!near || !this.fits(site, length, block, offset)) return true;
      this.place(site, length, block, offset);
      return false;
    });
  }

  /** The occurrences within one window of estimates that holds the most texts; ascending. */
  private nearest(free: readonly number[], { estimate, reach }: MatchRules): readonly number[] {
    if (reach === Infinity) return free;
    const { textOf } = this.pieces.index;
    const byEstimate = [...free].sort((a, b) => estimate[a]! - estimate[b]! || a - b);
    const inside = new Map<number, number>();
    let texts = 0;
    let best = { texts: 0, from: 0, to: 0 };
    for (let to = 0, from = 0; to < byEstimate.length; to++) {
      const entering = textOf[byEstimate[to]!]!;
      const count = inside.get(entering) ?? 0;
      inside.set(entering, count + 1);
      if (count === 0) texts += this.copies[entering]!;
      while (estimate[byEstimate[to]!]! - estimate[byEstimate[from]!]! > reach) {
        const leaving = textOf[byEstimate[from++]!]!;
        const left = inside.get(leaving)! - 1;
        inside.set(leaving, left);
        if (left === 0) texts -= this.copies[leaving]!;
      }
      if (texts > best.texts) best = { texts, from, to: to + 1 };
    }
    return byEstimate.slice(best.from, best.to).sort((a, b) => a - b);
  }

  private place(site: number, length: number, block: number, offset: number): void {
    this.pieces.add(site, length, block, offset);
    this.work += length;
  }

  /** Whether `length` sites from a free one may stand at `offset` of `block`, given the text's pieces. */
  private fits(site: number, length: number, block: number, offset: number): boolean {
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

  /** The places in the order that a free site may take: the k-th is before the k-th block. */
  private placesFor(site: number): PlaceRange {
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

  /** A new block, where the mean estimate of its sites suggests. */
  private addBlock({ sites, first, last }: Stab, estimateAt: Int32Array): number {
    const estimate = sites.reduce((sum, site) => sum + estimateAt[site]!, 0) / sites.length;
    const block = this.rank.length;
    let at = first;
    while (at < last && this.estimateOf[this.sequence[at]!]! <= estimate) at++;
    this.estimateOf.push(estimate);
    this.sequence.splice(at, 0, block);
    this.rank.push(at);
    for (let i = at + 1; i < this.sequence.length; i++) this.rank[this.sequence[i]!] = i;
    return block;
  }
}
