import type { Columns } from "./columns";
import type { TextIndex } from "./textIndex";

/** Characters of the shortest string that counts as a match: fewer are equal by chance nearly everywhere. */
export const GRAM = 8;

/** A string that stands more often in a text, on average over all texts, is a pattern and identifies no place. */
const MAX_OCCURRENCES = 16;

/** The strings of {@link GRAM} characters that texts share. Equal ones are neighbours in the suffix array. */
export interface Grams {
  /** Which string starts at a site, numbered in lexicographic order; shorter ends have numbers of their own. `[site]` */
  readonly gramAt: Int32Array;
  /** 1 where the string stands at another site too and is no pattern, `[site]` */
  readonly isShared: Uint8Array;
  /** The place of a site in the suffix array, `[site]`. */
  readonly rankOf: Int32Array;
}

export function indexGrams({ order, common, starts }: TextIndex): Grams {
  const gramAt = new Int32Array(order.length);
  const isShared = new Uint8Array(order.length);
  const rankOf = new Int32Array(order.length);
  const most = MAX_OCCURRENCES * (starts.length - 1);
  for (let first = 0, gram = 0, rank = 0; first < order.length; first = rank, gram++) {
    do rank++;
    while (rank < order.length && common[rank]! >= GRAM);
    const shared = rank - first > 1 && rank - first <= most ? 1 : 0;
    for (let r = first; r < rank; r++) {
      gramAt[order[r]!] = gram;
      isShared[order[r]!] = shared;
      rankOf[order[r]!] = r;
    }
  }
  return { gramAt, isShared, rankOf };
}

/** 1 for every character of a shared string that another text has in the same columns, `[site]`. Linear in the sites. */
export function matchedSites(index: TextIndex, grams: Grams, columns: Columns): Uint8Array {
  const { columnAt } = columns;
  const isMatched = new Uint8Array(index.symbols.length);
  // Per column the last site passed; in the order of suffixes, equal strings at one column follow each other.
  const lastAt = new Int32Array(columns.count).fill(-1);
  for (const site of index.order) {
    if (grams.isShared[site] === 0) continue;
    const column = columnAt[site]!;
    const last = lastAt[column]!;
    lastAt[column] = site;
    if (last < 0 || grams.gramAt[last] !== grams.gramAt[site]) continue;
    if (columnAt[last + GRAM - 1] !== columnAt[site + GRAM - 1]) continue;
    isMatched.fill(1, last, last + GRAM);
    isMatched.fill(1, site, site + GRAM);
  }
  return isMatched;
}
