import { Matcher, type Place } from "./matcher";
import type { MatchedPieces } from "./matchedPieces";
import type { PlaceRange, Stab } from "./stab";

/** The one block of a settled alignment: all its columns. */
export const WHOLE = 0;

/**
 * Matches strings at columns of an alignment whose width is settled: all pieces stand in one block, and a string goes
 * where its texts have room for it, so nothing that is matched later drives apart what was matched before.
 */
export class SettledMatcher extends Matcher {
  constructor(
    pieces: MatchedPieces,
    copies: Int32Array,
    private readonly columns: number,
  ) {
    super(pieces, copies);
  }

  protected override fits(site: number, _length: number, _block: number, offset: number): boolean {
    const { first, last } = this.placesFor(site);
    return offset >= first && offset <= last;
  }

  /** The leftmost column: nearest to what stands before it. */
  protected override choosePlace({ first }: Stab): Place {
    return { block: WHOLE, offset: first };
  }

  /** Columns that leave the rest of the text its room on both sides. */
  protected override placesFor(site: number): PlaceRange {
    const { offsetAt, index } = this.pieces;
    const text = index.textOf[site]!;
    const before = this.pieces.lastPlaced(site);
    const after = this.pieces.nextPlaced(site);
    const end = index.starts[text + 1]! - 1;
    return {
      site,
      text,
      first: before === undefined ? site - index.starts[text]! : offsetAt[before]! + site - before,
      last: after === undefined ? this.columns - (end - site) : offsetAt[after]! - (after - site),
    };
  }
}
