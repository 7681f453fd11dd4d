import type { ScoredRows } from "../../engine/engine";
import { joinedTokens } from "../../engine/joinedTokens";
import { textOfPieces } from "../../engine/pieces";
import type { HeldModel } from "../scoring/scoreWindow";
import type { Question } from "./question";

/** A token of a hidden word. */
export interface RankedToken {
  /** What the passage has in its place; tokens that share a character both have it. */
  readonly text: string;
  /** From 1, the model's first choice: before it, rank - 1 guesses are wrong. */
  readonly rank: number;
  /** Nats. */
  readonly logProbability: number;
}

/** What a model takes for likely in a place. */
export interface Choice {
  /** The token's piece. */
  readonly text: string;
  /** Nats. */
  readonly logProbability: number;
}

export interface Ranking {
  /** Each given all before it. */
  readonly tokens: readonly RankedToken[];
  /** In place of the first token, by falling probability. */
  readonly firstChoices: readonly Choice[];
}

/**
 * Where a model ranks the tokens of hidden words, `[question]`.
 * @param choices first choices that are told, 0 .. 100
 * @throws EngineError as of `Engine.scoreTexts`
 */
export async function rankWords(
  questions: readonly Question[],
  { engine, model }: HeldModel,
  choices: number,
  signal: AbortSignal,
): Promise<Ranking[]> {
  const rankings = questions.map(() => ({
    tokens: new Array<RankedToken>(),
    firstChoices: new Array<Choice>(),
  }));
  const texts = questions.map(({ context, tokens, target }) => ({
    tokens: joinedTokens([context, tokens.id.subarray(target.start, target.endExclusive)]),
    scoredStart: context.length,
  }));
  await engine.scoreTexts(
    { model: model.id, texts, distribution: { topK: choices } },
    (at, rows) => {
      const question = questions[at]!;
      const { tokens, firstChoices } = rankings[at]!;
      if (tokens.length === 0) firstChoices.push(...choicesIn(rows, model));
      tokens.push(...rankedTokens(question, rows));
    },
    signal,
  );
  return rankings;
}

function rankedTokens({ word, tokens, target, context }: Question, rows: ScoredRows) {
  const { start, count, logProbability, distribution } = rows;
  return Array.from({ length: count }, (_, i): RankedToken => {
    const token = target.start + start + i - context.length;
    return {
      text: word.text.slice(tokens.start[token], tokens.endExclusive[token]),
      rank: distribution!.rank[i]!,
      logProbability: logProbability[i]!,
    };
  });
}

/** Of the first row. */
function choicesIn({ distribution }: ScoredRows, { vocabulary }: HeldModel["model"]): Choice[] {
  const { topK, topId, topLogProbability } = distribution!;
  return Array.from({ length: topK }, (_, i) => i)
    .filter((i) => topId[i]! >= 0)
    .map((i) => ({
      text: textOfPieces(vocabulary, [topId[i]!]),
      logProbability: topLogProbability[i]!,
    }));
}
