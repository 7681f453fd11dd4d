import { conversationOf, type Turn, turnsOf } from "../files/conversation";
import { field, stringOf, textOf } from "../files/values";
import type { CorpusSettings, Shape } from "./corpus";
import { turnsOfHh } from "./hh";
import { threadOf } from "./oasst";

/** A shape whose records are conversations. */
export type TurnShape = Exclude<Shape, "text">;

/** How a record of a shape becomes turns (null: it has another shape), and the columns that this looks at. */
interface ShapeReader {
  readonly turns: (record: unknown, side: CorpusSettings["side"]) => readonly Turn[] | null;
  readonly columns: readonly string[];
}

const CONVERSATION_COLUMNS = ["messages", "conversations", "conversation"];
const REQUEST_COLUMNS = ["instruction", "prompt", "question"];
const INPUT_COLUMNS = ["input", "context"];
const ANSWER_COLUMNS = ["output", "response", "completion", "answer"];

/** In the order in which they are looked for: a record with two replies has most often a prompt as well. */
export const SHAPES: Readonly<Record<TurnShape, ShapeReader>> = {
  hh: {
    turns: preferenceOf,
    columns: ["chosen", "rejected", ...CONVERSATION_COLUMNS, ...REQUEST_COLUMNS, ...INPUT_COLUMNS],
  },
  oasst: { turns: threadOf, columns: ["prompt", "role", "text", "replies"] },
  conversation: { turns: anyConversationOf, columns: CONVERSATION_COLUMNS },
  instruction: {
    turns: exchangeOf,
    columns: [...REQUEST_COLUMNS, ...INPUT_COLUMNS, ...ANSWER_COLUMNS, "instances"],
  },
  vicuna: {
    turns: (record) => turnsOfTexts(field(record, "turns"), ["user"]),
    columns: ["turns"],
  },
};

/** A dialogue with two endings: each whole (Anthropic's HH, UltraFeedback), or the last reply to what other columns hold. */
function preferenceOf(record: unknown, side: CorpusSettings["side"]): readonly Turn[] | null {
  const [found, other] = [
    field(record, side),
    field(record, side === "chosen" ? "rejected" : "chosen"),
  ];
  const reply = textOf(found);
  if (other === undefined) return null;
  if (reply === null) return turnsOf(found);
  const dialogue = typeof found === "string" ? turnsOfHh(found) : null;
  if (dialogue !== null) return dialogue;
  const before = contextOf(record);
  return before && [...before, { speaker: "assistant", text: reply }];
}

function contextOf(record: unknown): readonly Turn[] | null {
  const prompt = field(record, "prompt");
  return (
    anyConversationOf(record) ??
    turnsOf(field(record, "context")) ??
    turnsOf(prompt) ??
    requestOf(record)
  );
}

/** Messages, or LIMA's texts, which the user begins. */
function anyConversationOf(record: unknown): readonly Turn[] | null {
  if (Array.isArray(record)) return turnsOf(record);
  const texts = field(record, "conversations") ?? field(record, "conversation");
  return conversationOf(record) ?? turnsOfTexts(texts, ["user", "assistant"]);
}

function turnsOfTexts(
  texts: unknown,
  speakers: readonly Turn["speaker"][],
): readonly Turn[] | null {
  if (!Array.isArray(texts) || texts.length === 0) return null;
  if (!texts.every((text) => typeof text === "string")) return null;
  return texts.map((text, i) => ({ speaker: speakers[i % speakers.length]!, text }));
}

/** A request with its answer; Self-Instruct has inputs and outputs as instances, of which the first is taken. */
function exchangeOf(record: unknown): readonly Turn[] | null {
  const instances = field(record, "instances");
  const instance: unknown = Array.isArray(instances) ? instances[0] : undefined;
  const request = requestOf(record, instance);
  const answer = firstText(record, ANSWER_COLUMNS) ?? firstText(instance, ANSWER_COLUMNS);
  return request && answer !== null ? [...request, { speaker: "assistant", text: answer }] : null;
}

/** What is asked, with what it is about under it. */
function requestOf(record: unknown, instance?: unknown): readonly Turn[] | null {
  const request = firstText(record, REQUEST_COLUMNS);
  if (request === null) return null;
  const input = firstText(record, INPUT_COLUMNS) ?? firstText(instance, INPUT_COLUMNS) ?? "";
  const text = input.trim() === "" ? request : `${request}\n\n${input}`;
  const system = stringOf(field(record, "system")) ?? "";
  const turn: Turn = { speaker: "user", text };
  return system === "" ? [turn] : [{ speaker: "system", text: system }, turn];
}

function firstText(record: unknown, names: readonly string[]): string | null {
  return names.map((name) => stringOf(field(record, name))).find((text) => text !== null) ?? null;
}
