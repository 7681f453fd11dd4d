/** Prompts and samples within the records that other programs write. */

/** A sample, and who wrote it; null: the record does not say. */
export interface Sample {
  readonly text: string;
  readonly model: string | null;
}

/**
 * The prompt of a record: a string, `prompt` (a text or messages), the first user's turn of a conversation, or Alpaca's
 * `instruction` with its `input`. null: there is none.
 */
export function promptOf(record: unknown): string | null {
  if (typeof record === "string") return record;
  const prompt = field(record, "prompt");
  return (
    textOf(prompt) ??
    turnOf(prompt, "user") ??
    firstOf(CONVERSATIONS, (name) => turnOf(field(record, name), "user")) ??
    instructionOf(record) ??
    textOf(field(record, "question"))
  );
}

/**
 * The samples of a record: a list, one text, the choices of an OpenAI answer, or the first reply of a conversation.
 * null: there are none.
 */
export function samplesOf(record: unknown): Sample[] | null {
  return (
    firstOf(LISTS, (name) => samplesIn(field(record, name))) ??
    samplesIn(field(field(field(record, "response"), "body"), "choices")) ??
    firstOf(CONVERSATIONS, (name) => samplesIn(turnOf(field(record, name), "assistant")))
  );
}

/** The model that a record, or a sample within it, names as its writer. */
export function modelOf(record: unknown): string | null {
  return firstOf(["model", "model_id", "model_name", "generator"], (name) =>
    stringOf(field(record, name)),
  );
}

/** The stage of training that a record gives its samples, as `base`, `sft` or `rlhf`. */
export function stageOf(record: unknown): string | null {
  return stringOf(field(record, "stage")) ?? stringOf(field(record, "role"));
}

/** A record's `text`, where it has nothing else. */
export function textField(record: unknown): string | null {
  return stringOf(field(record, "text"));
}

export function field(record: unknown, name: string): unknown {
  return typeof record === "object" && record !== null && Object.hasOwn(record, name)
    ? (record as Record<string, unknown>)[name]
    : undefined;
}

function stringOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Where programs keep conversations: OpenAI, ShareGPT, FastChat. */
const CONVERSATIONS = ["messages", "conversations", "conversation", "turns"];

/** Where programs keep the samples of a prompt, in the order in which they are looked for. */
const LISTS = [
  "samples",
  "generations",
  "responses",
  "completions",
  "outputs",
  "choices",
  "completion",
  "response",
  "output",
  "generated_text",
  "answer",
  "text",
];

/** One text, or a list in which every element holds one. */
function samplesIn(value: unknown): Sample[] | null {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  const samples = values.map((element) => {
    const text = textOf(element) ?? textOf(field(element, "message")) ?? turnOf(element, null);
    return text === null ? null : { text, model: modelOf(element) };
  });
  return samples.every((sample) => sample !== null) ? samples : null;
}

/** A text, as it is or within an object; of content in parts, the texts' parts. null: there is none. */
function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  const text = ["text", "content", "value"].map((name) => field(value, name));
  const found = text.find((one) => one !== undefined);
  if (!Array.isArray(found)) return stringOf(found);
  return found.map((part) => textOf(part) ?? "").join("");
}

/** Alpaca: the input, where there is one, stands under the instruction. */
function instructionOf(record: unknown): string | null {
  const instruction = stringOf(field(record, "instruction"));
  const input = stringOf(field(record, "input")) ?? "";
  return instruction === null || input === "" ? instruction : `${instruction}\n\n${input}`;
}

/** Names of the two who speak, as programs write them. */
const SPEAKERS = { user: ["user", "human", "prompter"], assistant: ["assistant", "gpt", "model"] };

/**
 * The first turn of a speaker in a list of turns: of messages with `role` or `from`. Bare texts are a user's questions.
 * @param speaker null: whose turn it is does not matter
 */
function turnOf(value: unknown, speaker: keyof typeof SPEAKERS | null): string | null {
  const turns = Array.isArray(value) ? (value as unknown[]) : field(value, "turns");
  if (!Array.isArray(turns)) return null;
  if (typeof turns[0] === "string") return speaker === "assistant" ? null : turns[0];
  const turn = turns.find((one) => {
    const said = stringOf(field(one, "role")) ?? stringOf(field(one, "from"));
    return speaker === null || (said !== null && SPEAKERS[speaker].includes(said));
  }) as unknown;
  return textOf(turn);
}

function firstOf<T>(names: readonly string[], read: (name: string) => T | null): T | null {
  for (const name of names) {
    const found = read(name);
    if (found !== null) return found;
  }
  return null;
}
