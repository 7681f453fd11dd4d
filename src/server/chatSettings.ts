import { statSync } from "node:fs";
import { type ChatForm, readTemplate } from "../engine/chatForm";
import type { Settings } from "../protocol/settings";

/**
 * How the settings want chat prompts made.
 * @throws EngineError `TemplateFailed` where the template's file can't be read
 */
export async function chatForm(settings: Settings): Promise<ChatForm> {
  const { systemPrompt, chatTemplate, templateVariables } = settings;
  return {
    system: systemPrompt,
    template: chatTemplate === "" ? null : await readTemplate(chatTemplate),
    variables: templateVariables,
  };
}

/** Equal for settings, and contents of the template's file, under which chat prompts are equal; JSON. */
export function chatKey({ systemPrompt, chatTemplate, templateVariables }: Settings): unknown {
  const file = chatTemplate === "" ? null : statSync(chatTemplate, { throwIfNoEntry: false });
  const template = [chatTemplate, file?.size ?? null, file?.mtimeMs ?? null];
  return { system: systemPrompt, template, variables: templateVariables };
}
