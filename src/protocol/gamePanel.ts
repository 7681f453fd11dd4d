/** Messages between the extension host and the game's panel; `panels.ts` says how requests are numbered and answered. */
import * as z from "zod/mini";
import type { QuestionProgress, WordAnswer } from "./game";
import type { Role } from "./roles";

/** Host to the game's panel. */
export type ToGame =
  /** All there is to see, after every change. */
  | { readonly type: "show"; readonly game: GameView }
  /** While the models are asked. */
  | { readonly type: "progress"; readonly progress: QuestionProgress };

export interface GameView {
  /** Of the text that is played with. */
  readonly title: string;
  /** The word's number, from 1, and how many there are. */
  readonly number: number;
  readonly words: number;
  /** null: all words have been played. */
  readonly round: RoundView | null;
  /** The one model that the pair has; null: it has both, or there is no pair. */
  readonly only: Role | null;
  readonly score: ScoreView;
}

/** One hidden word. */
export interface RoundView {
  /** Text that ends where the word begins. */
  readonly before: string;
  /** The text begins earlier. */
  readonly isCut: boolean;
  /** The wrong ones, in order. */
  readonly guesses: readonly string[];
  readonly guessesLeft: number;
  /** Why the last guess did not count; null: it did, or there was none. */
  readonly refusal: Refusal | null;
  readonly models: ModelsAsked;
  /** null: the player still guesses. */
  readonly reveal: Reveal | null;
}

/** `empty`: it has neither letter nor digit; `several`: more than one word; `repeated`: it was tried before. */
export type Refusal = "empty" | "several" | "repeated";

export type ModelsAsked =
  /** With the player's first step. */
  | { readonly kind: "later" }
  | { readonly kind: "asked" }
  /** Of which the page learns with the {@link Reveal}. */
  | { readonly kind: "answered" }
  | { readonly kind: "failed"; readonly reason: string };

/** What is told when the player has found the word or given up. */
export interface Reveal {
  readonly word: string;
  /** The guess that was right, from 1; null: none was. */
  readonly found: number | null;
  /** null: the models have not answered yet. */
  readonly answers: readonly WordAnswer[] | null;
}

export interface ScoreView {
  /** Of the pair whose words are counted. */
  readonly pair: string;
  /** The player first, then the pair's models; none before the first word. */
  readonly rows: readonly ScoreRow[];
}

export interface ScoreRow {
  readonly who: "you" | "base" | "rlhf";
  readonly words: number;
  /** Shares of the words, 0 .. 1: right at the first guess, and within the guesses there are. */
  readonly first: number;
  readonly found: number;
  readonly meanGuesses: number;
}

/** The game's panel to the host. */
export const fromGame = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("ready") }),
    z.object({ type: z.literal("guess"), text: z.string() }),
    z.object({ type: z.literal("giveUp") }),
    z.object({ type: z.literal("next") }),
    /** Ask the models again, after a failure or a cancel. */
    z.object({ type: z.literal("ask") }),
    /** Ask the models no more. */
    z.object({ type: z.literal("cancel") }),
    /** Clear the score and begin again. */
    z.object({ type: z.literal("startOver") }),
    /** Play with another text. */
    z.object({ type: z.literal("chooseText") }),
    z.object({ type: z.literal("choosePair") }),
  ]),
);
export type FromGame = z.infer<typeof fromGame>;
