import {
  type Guesses,
  guessesOf,
  guessingScore,
  MOST_GUESSES,
  withinLimit,
} from "../../analysis/scores/guessing";
import type { WordAnswer } from "../../protocol/game";
import type { GameView, ModelsAsked, RoundView, ScoreRow } from "../../protocol/gamePanel";
import { ROLES } from "../../protocol/roles";
import type { CountedWord } from "./keptGame";
import { rightGuess, type Round } from "./round";

/** What the models are asked, or have said. */
export type Asked = Exclude<ModelsAsked, { readonly kind: "answered" }> | Answered;

export interface Answered {
  readonly kind: "answered";
  /** Name of the pair that was asked. */
  readonly pair: string;
  readonly answers: readonly WordAnswer[];
}

/** A round as the page may know it: neither the word nor the answers before it is over. */
export function roundView(round: Round, asked: Asked): RoundView {
  const { passage, guesses, refusal, end } = round;
  const answers = asked.kind === "answered" ? asked.answers : null;
  return {
    before: passage.before,
    isCut: passage.isCut,
    guesses,
    guessesLeft: MOST_GUESSES - guesses.length,
    refusal,
    models: asked.kind === "answered" ? { kind: "answered" } : asked,
    reveal: end === null ? null : { word: passage.word, found: rightGuess(round), answers },
  };
}

/** @param pair the words of other pairs are left out: numbers of different models are not put together */
export function scoreView(counted: readonly CountedWord[], pair: string): GameView["score"] {
  const words = counted.filter((word) => word.pair === pair);
  const you = rowOf(
    "you",
    words.map((word) => word.you),
  );
  const models = ROLES.map((role) =>
    rowOf(
      role,
      words.flatMap((word) => (word[role] === undefined ? [] : [withinLimit(word[role])])),
    ),
  );
  return { pair, rows: [you, ...models].filter((row) => row.words > 0) };
}

/** The word as it counts, once the models have answered. */
export function countedWord(round: Round, { pair, answers }: Answered): CountedWord {
  const needed = answers.map(({ role, tokens }) => [
    role,
    guessesOf(tokens.map(({ rank }) => rank)),
  ]);
  return { pair, you: rightGuess(round), ...(Object.fromEntries(needed) as Partial<CountedWord>) };
}

function rowOf(who: ScoreRow["who"], guesses: readonly Guesses[]): ScoreRow {
  return { who, ...guessingScore(guesses) };
}
