import type { TextRange, TokenRange } from "../text/ranges";
import type { TextWord } from "./textWords";

/** Tokens of a text under one model, as of `ScoredTokens`. */
interface PlacedTokens {
  readonly count: number;
  readonly start: ArrayLike<number>;
  readonly endExclusive: ArrayLike<number>;
}

/** A word, or the words that a token reaches across: what every model has whole tokens of. Offsets are UTF-16. */
export interface WordRow extends TextRange {
  /** Number of its first word, from 0, and how many it has. */
  readonly word: number;
  readonly words: number;
  readonly sentence: number;
  /** Tokens of each model, in the order in which these were given; empty: its vocabulary lacks the word's characters. */
  readonly tokens: readonly TokenRange[];
}

/**
 * Gives each word its tokens: those that begin in it, or in the blanks before it. Where a token of any model reaches into the
 * next word, both are one row under all of them, so that they see the same. Linear in words and tokens.
 */
export function wordRows(
  words: readonly TextWord[],
  models: readonly PlacedTokens[],
): readonly WordRow[] {
  const joined = new Uint8Array(words.length);
  const owners = models.map((tokens) => ownersOf(words, tokens, joined));
  const rows: WordRow[] = [];
  const next = models.map(() => 0);
  for (let first = 0, end = 0; first < words.length; first = end) {
    end = first + 1;
    while (joined[end - 1] === 1) end++;
    const tokens = owners.map((ownerOf, model) => {
      const start = next[model]!;
      while (next[model]! < ownerOf.length && ownerOf[next[model]!]! < end) next[model]!++;
      return { start, endExclusive: next[model]! };
    });
    const { start, sentence } = words[first]!;
    const { endExclusive } = words[end - 1]!;
    rows.push({ word: first, words: end - first, sentence, start, endExclusive, tokens });
  }
  return rows;
}

/**
 * The word that each token begins in or before; behind the last one: the number of words.
 * @param joined set to 1 for each word beyond which one of its tokens reaches
 */
function ownersOf(
  words: readonly TextWord[],
  { count, start, endExclusive }: PlacedTokens,
  joined: Uint8Array,
): Uint32Array {
  const owners = new Uint32Array(count);
  let owner = 0;
  for (let token = 0; token < count; token++) {
    while (owner < words.length && words[owner]!.endExclusive <= start[token]!) owner++;
    owners[token] = owner;
    for (let word = owner; (words[word + 1]?.start ?? Infinity) < endExclusive[token]!; word++) {
      joined[word] = 1;
    }
  }
  return owners;
}
