import type { Engine, LoadedModel, PromptPart } from "../../engine/engine";

export interface BeginningsToRead {
  readonly engine: Engine;
  readonly model: LoadedModel;
  /** `[beginning]` */
  readonly texts: readonly string[];
  /** A text in the model's own form; without it, as it is. */
  readonly formOf?: (text: string) => Promise<readonly PromptPart[]>;
  readonly signal: AbortSignal;
}

/**
 * What a model reads before it goes on from beginnings, BOS included, `[beginning]`.
 * @throws EngineError as of `Engine.tokenizePrompt`, and what `formOf` throws
 */
export async function beginningTokens(request: BeginningsToRead): Promise<Int32Array[]> {
  const { engine, model, texts, formOf = asItIs, signal } = request;
  const tokens: Int32Array[] = [];
  for (const text of texts) {
    tokens.push(await engine.tokenizePrompt(model.id, await formOf(text), signal));
  }
  return tokens;
}

function asItIs(text: string): Promise<readonly PromptPart[]> {
  return Promise.resolve([{ text, parseSpecial: false }]);
}
