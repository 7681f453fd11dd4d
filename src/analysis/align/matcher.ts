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

/** A column within a block. */
export interface Place {
  readonly block: number;
  readonly offset: number;
}

/**
 * Matches strings that texts share, one after the other, each as far as those before allow: greedy choice of consistent
 * matches as in DIALIGN (Morgenstern et al. 1996), but of strings in many texts instead of segments of two. What
 * "consistent" means, and where a string goes that stands nowhere yet, is defined by the two kinds of matchers.
 */
export abstract class Matcher {
  /** Work done: occurrences looked at and sites placed; the same unit as cells of dynamic programming. */
  work = 0;

  constructor(
    readonly pieces: MatchedPieces,
    readonly copies: Int32Array,
  ) {}

  /** Whether `length` sites from a free one may stand at `offset` of `block`, given the text's pieces. */
  protected abstract fits(site: number, length: number, block: number, offset: number): boolean;

  /** The places that an occurrence from a free site on may take in a new match. */
  protected abstract placesFor(site: number): PlaceRange;

  /** Settles on one of the places that all occurrences of a new match may take. */
  protected abstract choosePlace(stab: Stab, rules: MatchRules): Place;

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
      const { block, offset } = this.choosePlace(stab, rules);
      for (const site of stab.sites) this.place(site, length, block, offset);
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
}
