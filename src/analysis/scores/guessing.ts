/** The score of a game in which words are guessed: a player beside the models, on the same words. */

/** Guesses that a player has for a word. */
export const MOST_GUESSES = 5;

/** How many guesses a word took; null: it was not found, or would not have been, with {@link MOST_GUESSES}. */
export type Guesses = number | null;

/** What guessers made of words; NaN without any. */
export interface GuessingScore {
  readonly words: number;
  /** Shares of the words, 0 .. 1. */
  readonly first: number;
  readonly found: number;
  /** A word that was not found counts as one guess more than there are. */
  readonly meanGuesses: number;
}

/**
 * How many guesses a model needs that guesses token by token, most probable first, until each is right: 1 where every token is
 * its first choice.
 * @param ranks of the word's tokens, 1 = most probable
 */
export function guessesOf(ranks: readonly number[]): number {
  return ranks.reduce((guesses, rank) => guesses + rank - 1, 1);
}

/** @param guesses that were needed, without end */
export function withinLimit(guesses: number): Guesses {
  return guesses <= MOST_GUESSES ? guesses : null;
}

export function guessingScore(words: readonly Guesses[]): GuessingScore {
  const share = (count: number) => count / words.length;
  return {
    words: words.length,
    first: share(words.filter((guesses) => guesses === 1).length),
    found: share(words.filter((guesses) => guesses !== null).length),
    meanGuesses: share(
      words.reduce<number>((sum, guesses) => sum + (guesses ?? MOST_GUESSES + 1), 0),
    ),
  };
}

/** Whether a guess is the word: neither capital letters nor what stands around them counts, nor which apostrophe it is. */
export function isSameWord(guess: string, word: string): boolean {
  return plain(guess) === plain(word);
}

/** A guess as it is compared; empty: it holds neither letter nor digit. */
export function plain(word: string): string {
  return word
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu, "");
}
