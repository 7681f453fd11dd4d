import { askModel } from "../../jobs/shannon/askModel";
import type { WordAnswer, WordQuestion } from "../../protocol/game";
import type { Role } from "../../protocol/roles";
import type { Settings } from "../../protocol/settings";
import { textLabel } from "../features/pieceText";
import type { Model } from "../models/slot";
import { windowSettings } from "../scoring/scoreJob";

/** First choices that are shown of each model. */
const CHOICES = 5;

/** @throws EngineError as of `askModel` */
export async function askOne(
  role: Role,
  { engine, loaded }: Model,
  { before, word }: WordQuestion,
  settings: Settings,
  signal: AbortSignal,
): Promise<WordAnswer> {
  const text = before + word;
  const hidden = { text, start: before.length, endExclusive: text.length };
  const { tokens, said, firstChoices } = await askModel(hidden, {
    hold: () => Promise.resolve({ engine, model: loaded }),
    settings: windowSettings(settings),
    choices: CHOICES,
    signal,
  });
  return {
    role,
    tokens: tokens.map((token) => ({ ...choiceOf(token), rank: token.rank })),
    said,
    choices: firstChoices.map(choiceOf),
  };
}

function choiceOf(token: { readonly text: string; readonly logProbability: number }) {
  return {
    label: textLabel(token.text),
    probability: Math.exp(token.logProbability),
  };
}
