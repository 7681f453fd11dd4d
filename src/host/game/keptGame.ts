/** What of a game outlives its panel, and a reload of the window. */
import type { Memento } from "vscode";
import * as z from "zod/mini";
import { gameText } from "./gameText";

const guesses = z.int().check(z.gte(1));

/** A word that was played, and for which the models have answered. */
const countedWord = z.object({
  /** Name of the pair that was asked. */
  pair: z.string(),
  /** The right guess; null: none was. */
  you: z.nullable(guesses),
  /** Guesses that the models would have needed, of those that the pair has. */
  base: z.optional(guesses),
  rlhf: z.optional(guesses),
});
export type CountedWord = z.infer<typeof countedWord>;

const keptGame = z.object({
  text: gameText,
  /** Of the word that was dealt last, from 1, and how many there are. */
  number: z.int(),
  words: z.int(),
  /** null: the word has been played. */
  round: z.nullable(
    z.object({
      passage: z.object({ before: z.string(), isCut: z.boolean(), word: z.string() }),
      guesses: z.readonly(z.array(z.string())),
    }),
  ),
  counted: z.readonly(z.array(countedWord)),
});
export type KeptGame = z.infer<typeof keptGame>;

const KEY = "game";

/** null: there is none, or one of another version. */
export function readKept(store: Memento): KeptGame | null {
  const parsed = keptGame.safeParse(store.get(KEY));
  return parsed.success ? parsed.data : null;
}

export function writeKept(store: Memento, game: KeptGame): void {
  void store.update(KEY, game);
}
