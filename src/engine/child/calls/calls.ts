import type { AnswerOf } from "./call";
import { compare } from "./compare";
import { continuePrompts } from "./continuePrompts";
import { device } from "./device";
import { expectAhead } from "./expectAhead";
import { fitLens } from "./fitLens";
import { fitRidge } from "./fitRidge";
import { load } from "./load";
import { prepareScoring } from "./prepareScoring";
import { renderChat } from "./renderChat";
import { sample } from "./sample";
import { score } from "./score";
import { scoreTexts } from "./scoreTexts";
import { states } from "./states";
import { tokenize } from "./tokenize";
import { tokenizePrompt } from "./tokenizePrompt";
import { train } from "./train";
import { unload } from "./unload";

/** Everything that the engine's process answers. */
export const CALLS = {
  device,
  load,
  prepareScoring,
  unload,
  tokenize,
  tokenizePrompt,
  renderChat,
  score,
  scoreTexts,
  compare,
  sample,
  continuePrompts,
  states,
  fitRidge,
  fitLens,
  expectAhead,
  train,
};

export type EngineCalls = {
  readonly [Name in keyof typeof CALLS]: AnswerOf<(typeof CALLS)[Name]>;
};
