import type { ChatMessage, ChatOptions, PromptPart } from "../../engine";
import { renderChat as render } from "../chat/chat";
import type { EngineCall } from "./call";

interface RenderChatParams {
  readonly model: number;
  readonly messages: readonly ChatMessage[];
  readonly options: ChatOptions;
}

/** Rendered in a thread of its own: it neither waits for scores nor delays them. */
export const renderChat: EngineCall<RenderChatParams, readonly PromptPart[]> = {
  turn: { queues: [], threads: "none" },
  run: ({ model, messages, options }, { residents, signal }) =>
    render(residents.get(model).model, messages, options, signal),
};
