import type { ChatMessage, ChatOptions, PromptPart, Vocabulary } from "../../engine";
import { EngineError } from "../../errors";
import { controlTokens } from "../llama/promptTokens";
import type { NamedTokens } from "../llama/namedTokens";
import { lookalikesIn } from "./prompt";
import { renderInThread } from "./thread";

/** What a chat prompt depends on in a model. */
export interface ChatModel {
  readonly name: string;
  readonly chatTemplate: string | null;
  readonly vocabulary: Vocabulary;
  readonly namedTokens: NamedTokens;
}

/**
 * Renders messages with a model's own template or another one, up to where the assistant's next words belong.
 * @throws EngineError `NoChatTemplate`, `TemplateFailed`, `Cancelled`
 */
export function renderChat(
  { name, chatTemplate, vocabulary, namedTokens }: ChatModel,
  messages: readonly ChatMessage[],
  { template = null, variables = {}, now = Date.now() }: ChatOptions,
  signal: AbortSignal,
): Promise<readonly PromptPart[]> {
  const source = template ?? chatTemplate;
  if (source === null) {
    throw new EngineError(
      "NoChatTemplate",
      `${name} has no chat template. Use a raw prompt, choose a template (twinlens.chatTemplate, --template), or choose a model tuned for chat.`,
    );
  }
  const texts = messages.map(({ text }) => text);
  return renderInThread(
    {
      template: source,
      messages,
      // As transformers calls a template that is given no tools; a user's variables come after.
      variables: {
        ...namedTokens,
        tools: null,
        documents: null,
        ...variables,
        add_generation_prompt: true,
      },
      lookalikes: lookalikesIn(texts, controlTokens(vocabulary).keys()),
      now,
    },
    name,
    signal,
  );
}
