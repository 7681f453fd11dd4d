import { commonPrefixes, suffixArray } from "./suffixArray";

/** Texts laid end to end, with their suffixes sorted. A *site* is a position in `symbols`. */
export interface TextIndex {
  /** Every text as dense symbols (numbered by code point), each closed by an end symbol of its own, `[site]`. */
  readonly symbols: Int32Array;
  /** Symbols are in [0, alphabetSize); the first `texts` of them are ends. */
  readonly alphabetSize: number;
  /** First site of each text, and behind the last one the number of sites, `[text]`. */
  readonly starts: Int32Array;
  /** The text that a site belongs to, its end symbol included, `[site]`. */
  readonly textOf: Int32Array;
  /** Sites in the lexicographic order of what follows them in their text, `[rank]`. */
  readonly order: Int32Array;
  /** Characters that the suffixes at `rank - 1` and `rank` share, `[rank]`; never beyond a text's end. */
  readonly common: Int32Array;
}

/** Sorts all suffixes of all `texts` (code points, or any other integers). Linear in their length. */
export function indexTexts(texts: readonly Int32Array[]): TextIndex {
  const starts = new Int32Array(texts.length + 1);
  texts.forEach((text, t) => (starts[t + 1] = starts[t]! + text.length + 1));
  const symbolOf = denseSymbols(texts);
  const symbols = new Int32Array(starts[texts.length]!);
  const textOf = new Int32Array(symbols.length);
  texts.forEach((text, t) => {
    const start = starts[t]!;
    for (let i = 0; i < text.length; i++) symbols[start + i] = symbolOf.get(text[i]!)!;
    // Ends count down: the last text's is 0, the unique smallest symbol that suffix sorting needs.
    symbols[start + text.length] = texts.length - 1 - t;
    textOf.fill(t, start, start + text.length + 1);
  });
  const alphabetSize = texts.length + symbolOf.size;
  const order = suffixArray(symbols, alphabetSize);
  return { symbols, alphabetSize, starts, textOf, order, common: commonPrefixes(symbols, order) };
}

/** Numbers the values that occur, in ascending order, from `texts.length` on. */
function denseSymbols(texts: readonly Int32Array[]): Map<number, number> {
  const values = new Set<number>();
  for (const text of texts) for (const value of text) values.add(value);
  const ascending = [...values].sort((a, b) => a - b);
  return new Map(ascending.map((value, i) => [value, texts.length + i]));
}
