import type { ChatForm } from "../../src/engine/chatForm";

/** As the model's own template has it. */
export const PLAIN_CHAT: ChatForm = { system: "", template: null, variables: {} };
