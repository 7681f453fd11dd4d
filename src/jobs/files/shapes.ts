/** Prompts and samples within the records that other programs write. */
import { contextText, conversationOf, replyText, speakerOf, turnsOf } from "./conversation";
import { field, stringOf, textOf } from "./values";

/** A sample, and who wrote it; null: the record does not say. */
export interface Sample {
  readonly text: string;
  readonly model: string | null;
}

/**
 * The prompt of a record: a string, `prompt` (a text or messages), what stands before the reply of a conversation, the
 * first of several `turns`, or Alpaca's `instruction` with its `input`. null: there is none.
 */
export function promptOf(record: unknown): string | null {
  if (typeof record === "string") return record;
  const prompt = field(record, "prompt");
  const turns = turnsOf(prompt) ?? conversationOf(record);
  return (
    textOf(prompt) ??
    (turns && contextText(turns)) ??
    questionOf(field(record, "turns")) ??
    instructionOf(record) ??
    textOf(field(record, "question"))
  );
}

/** Whether a record's prompt is more than one text: a conversation of several turns, or one with a system prompt. */
export function isDialogue(record: unknown): boolean {
  const turns = turnsOf(field(record, "prompt")) ?? conversationOf(record) ?? [];
  return turns.length - (replyText(turns) === null ? 0 : 1) > 1;
}

/**
 * The samples of a record: a list, one text, the choices of an OpenAI answer, or the reply with which a conversation ends.
 * null: there are none.
 */
export function samplesOf(record: unknown): Sample[] | null {
  const answer = field(field(field(record, "response"), "body"), "choices");
  const lists = [...LISTS.map((name) => field(record, name)), choicesOrText(record), answer];
  const found = lists.flatMap((list) => {
    const samples = list === undefined ? null : samplesIn(list);
    return samples === null ? [] : [samples];
  });
  // An empty list hides nothing that stands elsewhere.
  const listed = found.find((samples) => samples.length > 0) ?? found[0];
  if (listed !== undefined) return listed;
  const reply = replyText(conversationOf(record) ?? []);
  return reply === null ? null : [{ text: reply, model: null }];
}

/** The model that a record, or a sample within it, names as its writer. */
export function modelOf(record: unknown): string | null {
  const names = ["model", "model_id", "model_name", "generator"];
  return names.map((name) => stringOf(field(record, name))).find((name) => name !== null) ?? null;
}

/** The stage of training that a record gives its samples, as `base`, `sft` or `rlhf`. */
export function stageOf(record: unknown): string | null {
  const role = isMessage(record) ? null : stringOf(field(record, "role"));
  return stringOf(field(record, "stage")) ?? role;
}

/** A record's `text`, where it has nothing else; one of a conversation's messages is no sample. */
export function textField(record: unknown): string | null {
  return isMessage(record) ? null : stringOf(field(record, "text"));
}

function isMessage(record: unknown): boolean {
  const speaker = speakerOf(record);
  return speaker !== null && speaker !== "other";
}

/** Where programs keep the samples of a prompt, in the order in which they are looked for. */
const LISTS = [
  "samples",
  "generations",
  "responses",
  "completions",
  "outputs",
  "completion",
  "response",
  "output",
  "generated_text",
  "answer",
];

/** OpenAI's and FastChat's choices, else `text`; bare texts for choices are the answers that a question offers. */
function choicesOrText(record: unknown): unknown {
  const choices = field(record, "choices");
  if (!Array.isArray(choices) || choices.some((choice) => typeof choice === "string")) {
    return textField(record) ?? undefined;
  }
  return choices;
}

/** One text, or a list in which every element holds one or is such a list; messages are a conversation, with its reply. */
function samplesIn(value: unknown): Sample[] | null {
  const reply = replyText(turnsOf(value) ?? turnsOf(field(value, "turns")) ?? []);
  if (reply !== null) return [{ text: reply, model: modelOf(value) }];
  if (Array.isArray(value)) {
    if (turnsOf(value) !== null) return null;
    const samples = value.map(samplesIn);
    return samples.every((sample) => sample !== null) ? samples.flat() : null;
  }
  const text =
    textOf(value) ?? textOf(field(value, "message")) ?? questionOf(field(value, "turns"));
  return text === null ? null : [{ text, model: modelOf(value) }];
}

/** The first of several turns of one speaker. */
function questionOf(turns: unknown): string | null {
  return Array.isArray(turns) ? stringOf(turns[0]) : null;
}

/** Alpaca: the input, where there is one, stands under the instruction. */
function instructionOf(record: unknown): string | null {
  const instruction = stringOf(field(record, "instruction"));
  const input = stringOf(field(record, "input")) ?? "";
  return instruction === null || input === "" ? instruction : `${instruction}\n\n${input}`;
}
