import type { Role } from "../../protocol/roles";
import type { RunPrompt } from "../../protocol/runPrompt";
import { type ChatForm, renderUserTurn } from "../../engine/chatForm";
import type { PromptPart } from "../../engine/engine";
import type { ModelInUse } from "./runJob";
import { framed } from "./settings";

/**
 * Tokens of a prompt in a role's own form, BOS included: the chat template's for the RLHF model, raw or framed for the
 * base model.
 * @throws EngineError as of `Engine.renderChat`
 */
export async function promptTokens(
  { engine, loaded }: ModelInUse,
  role: Role,
  { text, frame, clock }: RunPrompt,
  chat: ChatForm,
  signal?: AbortSignal,
): Promise<Int32Array> {
  const parts: readonly PromptPart[] =
    role === "rlhf"
      ? await renderUserTurn(engine, loaded.id, chat, text, clock, signal)
      : [{ text: framed(frame, text), parseSpecial: false }];
  return engine.tokenizePrompt(loaded.id, parts, signal);
}
