import type { AnswerOf } from "./call";
import { load } from "./load";
import { prepareScoring } from "./prepareScoring";
import { renderChat } from "./renderChat";
import { sample } from "./sample";
import { score } from "./score";
import { tokenize } from "./tokenize";
import { tokenizePrompt } from "./tokenizePrompt";
import { unload } from "./unload";

/** Everything that the engine's process answers. */
export const CALLS = {
  load,
  prepareScoring,
  unload,
  tokenize,
  tokenizePrompt,
  renderChat,
  score,
  sample,
};

export type EngineCalls = {
  readonly [Name in keyof typeof CALLS]: AnswerOf<(typeof CALLS)[Name]>;
};
