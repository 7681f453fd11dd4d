/** Conversations as programs write them: messages with `role` or `from`, or a list of a user's questions. */
import { field, stringOf, textOf } from "./values";

/** What one side of a conversation says. */
export interface Turn {
  readonly speaker: "system" | "user" | "assistant" | "other";
  readonly text: string;
}

/** Names of those who speak. */
const SPEAKERS: Readonly<Record<string, Turn["speaker"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  human: "user",
  prompter: "user",
  assistant: "assistant",
  gpt: "assistant",
  model: "assistant",
};

/** Where programs keep conversations: OpenAI, ShareGPT, FastChat. */
const CONVERSATIONS = ["messages", "conversations", "conversation"];

/** The speaker that a record names; null: it names none. */
export function speakerOf(record: unknown): Turn["speaker"] | null {
  const name = stringOf(field(record, "role")) ?? stringOf(field(record, "from"));
  return name === null ? null : (SPEAKERS[name] ?? "other");
}

/** The turns of a list of messages; null: it is none. */
export function turnsOf(value: unknown): readonly Turn[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const turns = value.map((message: unknown) => {
    const speaker = speakerOf(message);
    // A call of a tool has no text.
    return speaker === null ? null : { speaker, text: textOf(message) ?? "" };
  });
  return turns.every((turn) => turn !== null) ? turns : null;
}

/** The conversation that a record holds; null: none. */
export function conversationOf(record: unknown): readonly Turn[] | null {
  for (const name of CONVERSATIONS) {
    const turns = turnsOf(field(record, name));
    if (turns !== null) return turns;
  }
  return null;
}

/** What stands before the assistant's last turn: a user's text alone as it is, else all turns with who says them. */
export function contextText(turns: readonly Turn[]): string {
  const context = turns.at(-1)?.speaker === "assistant" ? turns.slice(0, -1) : turns;
  const [first] = context;
  if (first === undefined) return "";
  if (context.length === 1 && first.speaker === "user") return first.text;
  return context.map(({ speaker, text }) => `${speaker}: ${text}`).join("\n\n");
}

/** The assistant's turn with which a conversation ends; null: it ends otherwise. */
export function replyText(turns: readonly Turn[]): string | null {
  const last = turns.at(-1);
  return last?.speaker === "assistant" ? last.text : null;
}
