import { readFileSync, statSync } from "node:fs";
import type { ChatMessage, Engine, PromptPart } from "./engine";
import { EngineError } from "./errors";

/** The parts of a chat prompt that the user chooses. */
export interface ChatForm {
  /** System prompt; empty: none, or the template's own. */
  readonly system: string;
  /** Jinja source in place of the model's own template; null: the model's. */
  readonly template: string | null;
  /** JSON values that the template sees by name. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Bytes; the longest template of llama.cpp's tests has 20,000. */
const LARGEST_TEMPLATE = 1 << 20;

/**
 * Reads a template's file.
 * @throws EngineError `TemplateFailed`
 */
export function readTemplate(path: string): string {
  try {
    if (statSync(path).size > LARGEST_TEMPLATE) throw new Error(`${path} is larger than 1 MB`);
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError(
      "TemplateFailed",
      `The chat template can't be read: ${reason}. Choose another file (twinlens.chatTemplate, --template), or none.`,
    );
  }
}

/**
 * The chat prompt of one turn of the user.
 * @param now what the template's clock shows, ms since 1970
 * @throws EngineError as of `Engine.renderChat`
 */
export function renderUserTurn(
  engine: Engine,
  model: number,
  { system, template, variables }: ChatForm,
  text: string,
  now: number,
  signal?: AbortSignal,
): Promise<readonly PromptPart[]> {
  const messages: ChatMessage[] = [{ role: "user", text }];
  if (system !== "") messages.unshift({ role: "system", text: system });
  return engine.renderChat(model, messages, { template, variables, now }, signal);
}
