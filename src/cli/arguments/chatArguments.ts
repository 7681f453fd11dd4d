import { type ChatForm, readTemplate } from "../../engine/chatForm";
import { UsageError } from "../exit";

/**
 * How `--system`, `--template` and `--template-variables` want chat prompts made.
 * @throws UsageError; EngineError `TemplateFailed` where the template's file can't be read
 */
export function readChatForm(
  system: string | null,
  templateFile: string | null,
  variables: string | null,
): ChatForm {
  return {
    system: system ?? "",
    template: templateFile === null ? null : readTemplate(templateFile),
    variables: variables === null ? {} : readVariables(variables),
  };
}

function readVariables(json: string): ChatForm["variables"] {
  const wrong = `--template-variables is a JSON object such as {"enable_thinking": false}, not "${json}".`;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new UsageError(wrong);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(wrong);
  }
  return value as ChatForm["variables"];
}
