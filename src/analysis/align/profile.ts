import type { Columns } from "./columns";
import type { TextIndex } from "./textIndex";

/** Symbols told apart in a profile; rarer ones are lumped together and never agree with anything. */
const MAX_CLASSES = 256;

/** Which characters the texts have in each column, copies counted. */
export interface ColumnProfile {
  /** Texts that have a symbol in a column, `[class][column]` row-major; class 0 stays 0. */
  readonly counts: Int32Array;
  readonly columns: number;
  /** Texts that have any, `[column]`. */
  readonly texts: Int32Array;
  /** Texts that have the commonest symbol, `[column]`. */
  readonly most: Int32Array;
  /** The class of each site's symbol, 0 for the rare ones, `[site]`. */
  readonly classOf: Uint8Array;
}

/** The profile of what is matched; nothing when it would take more than `maxCells` counts. */
export function columnProfile(
  index: TextIndex,
  copies: Int32Array,
  { columnAt, count: columns }: Columns,
  isMatched: Uint8Array,
  maxCells: number,
): ColumnProfile | undefined {
  const { classOf, classes } = symbolClasses(index);
  if (columns * classes > maxCells) return undefined;
  const profile: ColumnProfile = {
    counts: new Int32Array(columns * classes),
    columns,
    texts: new Int32Array(columns),
    most: new Int32Array(columns),
    classOf,
  };
  for (let site = 0; site < classOf.length; site++) {
    if (isMatched[site] === 0) continue;
    countSymbol(profile, site, columnAt[site]!, copies[index.textOf[site]!]!);
  }
  return profile;
}

/** Counts the symbol at `site` in `column`. */
export function countSymbol(
  profile: ColumnProfile,
  site: number,
  column: number,
  copies: number,
): void {
  profile.texts[column]! += copies;
  const symbol = profile.classOf[site]!;
  if (symbol === 0) return;
  const count = (profile.counts[symbol * profile.columns + column]! += copies);
  if (count > profile.most[column]!) profile.most[column] = count;
}

/** Numbers the commonest symbols from 1 on, ties by code point. */
function symbolClasses(index: TextIndex): { classOf: Uint8Array; classes: number } {
  const texts = index.starts.length - 1;
  const occurrences = new Int32Array(index.alphabetSize);
  for (const symbol of index.symbols) occurrences[symbol]!++;
  const common = Array.from(occurrences.subarray(texts), (_, i) => texts + i)
    .sort((a, b) => occurrences[b]! - occurrences[a]! || a - b)
    .slice(0, MAX_CLASSES - 1);
  const classOfSymbol = new Uint8Array(index.alphabetSize);
  common.forEach((symbol, i) => (classOfSymbol[symbol] = i + 1));
  const classOf = new Uint8Array(index.symbols.length);
  for (let site = 0; site < classOf.length; site++) {
    classOf[site] = classOfSymbol[index.symbols[site]!]!;
  }
  return { classOf, classes: common.length + 1 };
}
