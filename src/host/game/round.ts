import { isSameWord, MOST_GUESSES, plain } from "../../analysis/scores/guessing";
import type { HiddenWord } from "../../protocol/game";
import type { Refusal } from "../../protocol/gamePanel";

/** A hidden word, and the player's guesses so far. */
export interface Round {
  readonly passage: HiddenWord;
  /** The wrong ones, in order. */
  readonly guesses: readonly string[];
  /** Why the last guess did not count; null: it did, or there was none. */
  readonly refusal: Refusal | null;
  /** null: it goes on. */
  readonly end: "found" | "missed" | null;
}

export function newRound(passage: HiddenWord): Round {
  return { passage, guesses: [], refusal: null, end: null };
}

/** The round after a guess; one that is over stays as it is. */
export function guessed(round: Round, text: string): Round {
  if (round.end !== null) return round;
  const guess = text.trim();
  const refusal = refusalOf(round, guess);
  if (refusal !== null) return { ...round, refusal };
  if (isSameWord(guess, round.passage.word)) return { ...round, refusal, end: "found" };
  const guesses = [...round.guesses, guess];
  return { ...round, guesses, refusal, end: guesses.length < MOST_GUESSES ? null : "missed" };
}

export function givenUp(round: Round): Round {
  return { ...round, refusal: null, end: round.end ?? "missed" };
}

/** The guess that was right, from 1; null: none was. */
export function rightGuess({ end, guesses }: Round): number | null {
  return end === "found" ? guesses.length + 1 : null;
}

function refusalOf({ guesses, passage }: Round, guess: string): Refusal | null {
  if (plain(guess) === "") return "empty";
  if (isSameWord(guess, passage.word)) return null;
  if (/\s/u.test(guess)) return "several";
  return guesses.some((before) => isSameWord(before, guess)) ? "repeated" : null;
}
