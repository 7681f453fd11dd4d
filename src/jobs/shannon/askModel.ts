/** What a model makes of words that are hidden from it (docs/definitions.md, "The Shannon game"). */
import { EngineError } from "../../engine/errors";
import type { ModelFacts, WindowSettings } from "../../protocol/scores";
import type { HeldModel } from "../scoring/scoreWindow";
import { orTextFault } from "../scoring/textFaults";
import { windowsFor } from "../scoring/windowStart";
import { type HiddenWord, type Likeness, likenessOf, questionOf } from "./question";
import { type Ranking, rankWords } from "./rankWords";
import { saidWords } from "./saidWords";

export interface AskRequest {
  readonly hold: () => Promise<HeldModel>;
  /** Unresolved: how long a window is and what stands before it counts; the rest is of texts that have several. */
  readonly settings: WindowSettings;
  /** How many first choices are told, 0 .. 100. */
  readonly choices: number;
  readonly signal: AbortSignal;
}

/** {@link Ranking.tokens} are those that overlap the word. */
export interface WordAnswer extends Ranking, Likeness {
  readonly model: ModelFacts;
  /** Resolved. */
  readonly settings: WindowSettings;
  /** The word that it goes on with itself, always taking the most probable token. */
  readonly said: string;
}

/** @throws EngineError as of {@link askAll}, and where this word can't be asked for */
export async function askModel(word: HiddenWord, request: AskRequest): Promise<WordAnswer> {
  const [answer] = (await askAll([word], request)) as [WordAnswer | EngineError];
  if (answer instanceof EngineError) throw answer;
  return answer;
}

/**
 * Many words at once, each with the answer that it gets alone.
 * @returns answers, or why a word could not be asked for, `[word]`; after a crash all that were handed over together
 * @throws EngineError where it is not the text that is at fault
 */
export async function askAll(
  words: readonly HiddenWord[],
  request: AskRequest,
): Promise<(WordAnswer | EngineError)[]> {
  const answers = await orTextFault(async () => answersOf(words, await request.hold(), request));
  return answers instanceof EngineError ? words.map(() => answers) : answers;
}

async function answersOf(
  words: readonly HiddenWord[],
  held: HeldModel,
  request: AskRequest,
): Promise<(WordAnswer | EngineError)[]> {
  const { signal, choices } = request;
  const { settings, prefix } = windowsFor(request.settings, held.model);
  const { facts: model } = held.model;
  const window = Math.min(settings.window, model.trainedContext);
  const questions = await inTurn(words, (word) => questionOf(word, held, prefix, window, signal));
  const asked = questions.flatMap((one) => (one instanceof EngineError ? [] : [one]));
  const rankings = await rankWords(asked, held, choices, signal);
  const said = await saidWords(asked, held, signal);
  const answers = await inTurn(asked, async (question, i): Promise<WordAnswer> => {
    const likeness = await likenessOf(said[i]!, question, held, signal);
    return { model, settings, ...rankings[i]!, said: said[i]!, ...likeness };
  });
  const next = answers.values();
  return questions.map((one) => (one instanceof EngineError ? one : next.next().value!));
}

/** One text after the other. */
async function inTurn<T, R>(
  all: readonly T[],
  work: (one: T, i: number) => Promise<R>,
): Promise<(R | EngineError)[]> {
  const done: (R | EngineError)[] = [];
  for (const [i, one] of all.entries()) done.push(await orTextFault(() => work(one, i)));
  return done;
}
