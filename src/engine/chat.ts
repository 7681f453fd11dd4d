import type { ChatHistoryItem } from "node-llama-cpp";
import type { PromptPart } from "./engine";
import { EngineError } from "./errors";
import type { ChatMessage } from "./messages";

/**
 * Renders messages with a model's own Jinja template, up to where the assistant's next words belong. The template's own
 * words may hold control tokens, the messages' text may not. BOS is left out: tokenizing adds it.
 * @throws EngineError `NoChatTemplate`
 */
export async function renderChat(
  template: string | null,
  modelName: string,
  messages: readonly ChatMessage[],
): Promise<PromptPart[]> {
  if (template === null) {
    throw new EngineError(
      "NoChatTemplate",
      `${modelName} has no chat template. Use a raw prompt, or choose a model tuned for chat.`,
    );
  }
  const { JinjaTemplateChatWrapper, LlamaText, SpecialToken, SpecialTokensText } =
    await import("node-llama-cpp");
  const wrapper = new JinjaTemplateChatWrapper({ template });
  const chatHistory: ChatHistoryItem[] = [
    ...messages.map(toHistoryItem),
    { type: "model", response: [] },
  ];
  const { contextText } = wrapper.generateContextState({ chatHistory });
  const parts: PromptPart[] = [];
  for (const value of LlamaText(contextText).values) {
    if (value instanceof SpecialToken) {
      if (value.value === "BOS") continue;
      throw new EngineError(
        "NoChatTemplate",
        `The chat template of ${modelName} uses "${value.value}", which can't be rendered.`,
      );
    }
    const parseSpecial = value instanceof SpecialTokensText;
    append(parts, { text: parseSpecial ? value.value : value, parseSpecial });
  }
  return parts;
}

function toHistoryItem(message: ChatMessage): ChatHistoryItem {
  switch (message.role) {
    case "system":
      return { type: "system", text: message.text };
    case "user":
      return { type: "user", text: message.text };
    case "assistant":
      return { type: "model", response: [message.text] };
    default:
      return message.role satisfies never;
  }
}

/** Appends a part, joined to the one before it where both are read alike: a tokenizer may treat a border as one. */
function append(parts: PromptPart[], part: PromptPart): void {
  const last = parts.at(-1);
  if (last?.parseSpecial === part.parseSpecial) {
    parts[parts.length - 1] = { text: last.text + part.text, parseSpecial: part.parseSpecial };
  } else parts.push(part);
}
