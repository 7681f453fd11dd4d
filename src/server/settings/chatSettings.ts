import { type ChatForm, readTemplate } from "../../engine/chatForm";
import type { ChatSettings } from "../../protocol/settings";

/**
 * How the settings want chat prompts made.
 * @throws EngineError `TemplateFailed` where the template's file can't be read
 */
export function chatForm(settings: ChatSettings): ChatForm {
  const { systemPrompt, chatTemplate, templateVariables } = settings;
  return {
    system: systemPrompt,
    template: chatTemplate === "" ? null : readTemplate(chatTemplate),
    variables: templateVariables,
  };
}
