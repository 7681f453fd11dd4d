import type { ChatForm } from "../../../engine/chatForm";

/** Templates take what is theirs: a study names no system prompt. */
export const CHAT: ChatForm = { system: "", template: null, variables: {} };

/** What a template's clock shows, so that a study draws the same samples on every day: the first of January 2026. */
export const CLOCK = Date.UTC(2026, 0, 1);
