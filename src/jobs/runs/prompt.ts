import type { Role } from "../../protocol/roles";
import { renderUserTurn } from "../../engine/chatForm";
import type { PromptPart } from "../../engine/engine";
import type { ModelInUse } from "./runJob";
import { type DrawSettings, framed } from "./settings";

/** What the forms of a prompt depend on, beside the models. */
export type PromptForm = Pick<DrawSettings, "chat" | "clock" | "baseFrame">;

/**
 * Tokens of a prompt in a role's own form, BOS included: the chat template's for the RLHF model, raw or framed for the
 * base model.
 * @param prompt as the user wrote it
 * @throws EngineError as of `Engine.renderChat`
 */
export async function promptTokens(
  { engine, loaded }: ModelInUse,
  role: Role,
  prompt: string,
  { chat, clock, baseFrame }: PromptForm,
  signal?: AbortSignal,
): Promise<Int32Array> {
  const parts: readonly PromptPart[] =
    role === "rlhf"
      ? await renderUserTurn(engine, loaded.id, chat, prompt, clock, signal)
      : [{ text: framed(baseFrame, prompt), parseSpecial: false }];
  return engine.tokenizePrompt(loaded.id, parts, signal);
}
