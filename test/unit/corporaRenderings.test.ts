import { describe, expect, it } from "vitest";
import type { CorpusSettings } from "../../src/jobs/corpora/corpus";
import { plainText, turnsOfHh } from "../../src/jobs/corpora/hh";
import type { Turn } from "../../src/jobs/files/conversation";
import { readOne, textsOf } from "../support/corpora";

const user = (text: string): Turn => ({ speaker: "user", text });
const assistant = (text: string): Turn => ({ speaker: "assistant", text });

async function readRecord(record: unknown, settings: Partial<CorpusSettings> = {}) {
  const { documents, report, error } = await readOne("a.jsonl", JSON.stringify(record), settings);
  if (error) throw error;
  const [document] = documents;
  return {
    rendering: report.sources[0]?.rendering,
    text: document?.text,
    turns: document?.turns,
    skipped: report.skipped.map(({ reason }) => reason),
  };
}

/** A record as Anthropic's HH has it. */
const HH = {
  chosen: "\n\nHuman: Hi\n\nAssistant: Hello!\n\nHow are you?\n\nHuman: Fine \n\nAssistant: Good.",
  rejected: "\n\nHuman: Hi\n\nAssistant: Hello!\n\nHow are you?\n\nHuman: Fine \n\nAssistant:",
};

describe("Anthropic's HH", () => {
  const before = [user("Hi"), assistant("Hello!\n\nHow are you?"), user("Fine")];

  it("has the chosen dialogue, its turns and its text", async () => {
    expect(await readRecord(HH)).toEqual({
      rendering: "hh",
      turns: [...before, assistant("Good.")],
      text: "Human: Hi\n\nAssistant: Hello!\n\nHow are you?\n\nHuman: Fine\n\nAssistant: Good.",
      skipped: [],
    });
  });

  it("has the rejected one where it is asked for, and the last reply alone", async () => {
    const rejected = await readRecord(HH, { side: "rejected" });
    expect(rejected.turns).toEqual([...before, assistant("")]);
    expect(await readRecord(HH, { part: "reply" })).toMatchObject({
      text: "Good.",
      turns: [...before, assistant("Good.")],
    });
    const empty = await readRecord(HH, { side: "rejected", part: "reply" });
    expect(empty).toMatchObject({ text: undefined, skipped: ["empty text"] });
  });

  it("is text again as it was, where it says all with one blank", () => {
    const text = "Human: Hi\n\nAssistant: Hello, Human: you!\n\nHuman: Bye";
    expect(plainText(turnsOfHh(`\n\n${text}`)!)).toBe(text);
    expect(turnsOfHh("A text.\n\nHuman: Hi")).toBeNull();
    expect(turnsOfHh("")).toBeNull();
  });
});

it.each<[string, unknown, readonly Turn[]]>([
  [
    "whole dialogues (UltraFeedback)",
    {
      prompt: "Hi",
      chosen: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello" },
      ],
      rejected: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Go" },
      ],
    },
    [user("Hi"), assistant("Hello")],
  ],
  [
    "messages that reply to a conversation (LLaMA-Factory)",
    {
      conversations: [{ from: "human", value: "Hi" }],
      chosen: { from: "gpt", value: "Hello" },
      rejected: { from: "gpt", value: "Go" },
    },
    [user("Hi"), assistant("Hello")],
  ],
  [
    "replies to a context",
    { context: [{ role: "prompter", text: "Hi" }], chosen: "Hello", rejected: "Go" },
    [user("Hi"), assistant("Hello")],
  ],
  [
    "replies to an instruction",
    { instruction: "Greet", input: "Ann", output: "x", chosen: "Hi, Ann", rejected: "Go" },
    [user("Greet\n\nAnn"), assistant("Hi, Ann")],
  ],
])("two sides may be %s", async (_, record, turns) => {
  expect(await readRecord(record)).toMatchObject({ rendering: "hh", turns });
});

it.each<[string, unknown, readonly Turn[]]>([
  [
    "messages",
    {
      messages: [
        { role: "system", content: "Be kind." },
        { role: "user", content: [{ type: "text", text: "Hi" }] },
        { role: "assistant", content: "Hello" },
      ],
    },
    [{ speaker: "system", text: "Be kind." }, user("Hi"), assistant("Hello")],
  ],
  [
    "ShareGPT's turns",
    {
      conversations: [
        { from: "human", value: "Hi" },
        { from: "function_call", value: "{}" },
        { from: "gpt", value: "Hello" },
      ],
    },
    [user("Hi"), { speaker: "other", text: "{}" }, assistant("Hello")],
  ],
  [
    "LIMA's texts",
    { conversations: ["Hi", "Hello", "Bye"], source: "x" },
    [user("Hi"), assistant("Hello"), user("Bye")],
  ],
  [
    "a list of messages",
    [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
    ],
    [user("Hi"), assistant("Hello")],
  ],
])("a conversation may be %s", async (_, record, turns) => {
  expect(await readRecord(record)).toMatchObject({ rendering: "conversation", turns });
});

it.each<[string, unknown, readonly Turn[]]>([
  [
    "Alpaca's, before its text",
    { instruction: "Add", input: "1, 1", output: "2", text: "Below is an instruction." },
    [user("Add\n\n1, 1"), assistant("2")],
  ],
  [
    "Alpaca's without an input",
    { instruction: "Greet", input: "", output: "Hi" },
    [user("Greet"), assistant("Hi")],
  ],
  [
    "Dolly's",
    { instruction: "Who?", context: "It was Ann.", response: "Ann" },
    [user("Who?\n\nIt was Ann."), assistant("Ann")],
  ],
  [
    "Self-Instruct's",
    {
      instruction: "Add",
      instances: [
        { input: "1, 1", output: "2" },
        { input: "", output: "3" },
      ],
    },
    [user("Add\n\n1, 1"), assistant("2")],
  ],
  [
    "a prompt and its completion",
    { prompt: "Hi", completion: "Hello" },
    [user("Hi"), assistant("Hello")],
  ],
])("an instruction may be %s", async (_, record, turns) => {
  expect(await readRecord(record)).toMatchObject({ rendering: "instruction", turns });
});

describe("a message tree of OASST", () => {
  const message = (role: string, text: string, more: object = {}) => ({
    role,
    text,
    replies: [],
    ...more,
  });
  const root = message("prompter", "Hi", {
    replies: [
      message("assistant", "Not ranked"),
      message("assistant", "Second", { rank: 1 }),
      message("assistant", "Deleted", { rank: 0, deleted: true }),
      message("assistant", "First", {
        rank: 0,
        replies: [message("prompter", "Thanks"), message("prompter", "Go")],
      }),
    ],
  });
  const thread = [user("Hi"), assistant("First"), user("Thanks")];

  it.each([
    ["tree", { message_tree_id: "1", prompt: root }],
    ["message", root],
  ])("is its main thread: a %s", async (_, record) => {
    expect(await readRecord(record)).toMatchObject({ rendering: "oasst", turns: thread });
  });

  it("ends with its last reply where that is asked for", async () => {
    const { text, turns } = await readRecord({ prompt: root }, { part: "reply" });
    expect({ text, turns }).toEqual({ text: "First", turns: thread.slice(0, 2) });
    const alone = await readRecord({ prompt: message("prompter", "Hi") }, { part: "reply" });
    expect(alone.skipped).toEqual(["no reply"]);
  });
});

it("Vicuna's turns are all the user's, and one that is alone is a text", async () => {
  const one = await readRecord({ question_id: 1, category: "generic", turns: ["How?"] });
  expect(one).toMatchObject({ rendering: "vicuna", text: "How?", turns: [user("How?")] });
  const two = await readRecord({ turns: ["How?", "Why?"] });
  expect(two.text).toBe("Human: How?\n\nHuman: Why?");
});

it("plain text has who speaks, but no system prompt's name, and nothing of turns that say nothing", () => {
  const turns: Turn[] = [
    { speaker: "system", text: "Be kind." },
    user("Hi"),
    { speaker: "other", text: "{}" },
    assistant(" "),
    assistant("Hello"),
  ];
  expect(plainText(turns)).toBe("Be kind.\n\nHuman: Hi\n\nOther: {}\n\nAssistant: Hello");
  expect(plainText([])).toBe("");
});

it("LAMBADA comes as records and as lines", async () => {
  const passages = ["In my palm is a clear stone .", "give me a minute ."];
  const records = passages.map((text) => JSON.stringify({ text })).join("\n");
  expect(textsOf(await readOne("lambada.jsonl", records))).toEqual(passages);
  const lines = await readOne("lambada.txt", `${passages.join("\n")}\n`, { lines: true });
  expect(textsOf(lines)).toEqual(passages);
});

it.each<[unknown, string]>([
  [{ text: "short", abstract: "much, much longer" }, "text"],
  [{ Text: "short", abstract: "much, much longer" }, "Text"],
  [{ title: "t", content: "c", description: "longer" }, "content"],
  [{ article: "a", highlights: "longer than that" }, "article"],
  [{ text: "", abstract: "longer" }, "abstract"],
  [{ text: { en: "a" }, note: "n", id: 12 }, "note"],
  [
    { paper_id: "x", title: "A title", abstract: "An abstract of it", tldr: ["a", "b"] },
    "abstract",
  ],
])("of %j, the column with the text is %s", async (record, column) => {
  const { report } = await readOne("a.jsonl", JSON.stringify(record));
  expect(report.sources).toEqual([{ format: "jsonl", rendering: "text", column, files: 1 }]);
});

it("what most of the first records are is what a file has", async () => {
  const records = [{ text: "a" }, { messages: [{ role: "user", content: "b" }] }, { text: "c" }];
  const reading = await readOne("a.jsonl", records.map((one) => JSON.stringify(one)).join("\n"));
  expect(textsOf(reading)).toEqual(["a", "c"]);
  expect(reading.report.skipped).toEqual([
    { file: "a.jsonl", record: 2, reason: 'no text in "text"' },
  ]);
});

it("a column may be chosen, of texts or of messages", async () => {
  const record = { text: "a", title: "b", dialogue: [{ role: "user", content: "c" }] };
  expect((await readRecord(record, { column: "title" })).text).toBe("b");
  expect((await readRecord(record, { column: "dialogue" })).turns).toEqual([user("c")]);
});

it.each<[string, Partial<CorpusSettings>, string]>([
  [
    "a column that is not there",
    { column: "titel" },
    'a.jsonl has no column "titel". It has "title", "n".',
  ],
  [
    "a shape that is not there",
    { rendering: "hh" },
    'a.jsonl has no records of the shape "hh". It has',
  ],
])("%s is an error that says what there is", async (_, settings, message) => {
  await expect(readRecord({ title: "a", n: 1 }, settings)).rejects.toThrow(message);
});

it("a file without texts is an error", async () => {
  await expect(readRecord({ n: 1 })).rejects.toThrow(
    'a.jsonl has no column with texts. It has "n".',
  );
  await expect(readRecord([1])).rejects.toThrow("Its records have no columns.");
});
