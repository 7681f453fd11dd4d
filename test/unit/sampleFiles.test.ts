import { describe, expect, it } from "vitest";
import { parseRun } from "../../src/formats/parseRun";
import { serializeRun } from "../../src/formats/serializeRun";
import { RecordError } from "../../src/jobs/files/records";
import { readSamples } from "../../src/jobs/files/samples";
import { importedRun } from "../../src/jobs/runs/importedRun";
import { findGroup, groupsOf, namedSides, namesIn } from "../../src/jobs/runs/sampleGroups";
import { ALL_SAMPLES } from "../../src/protocol/sampleFiles";
import { importedSamples } from "../support/importedSamples";

const lines = (...records: unknown[]) =>
  records
    .map((record) => (typeof record === "string" ? record : JSON.stringify(record)))
    .join("\n");

/** Prompts with the texts alone. */
const textsOf = (text: string) =>
  readSamples(text).map(({ prompt, samples }) => [prompt, samples.map((sample) => sample.text)]);

describe("readSamples", () => {
  it("reads prompts with samples, as texts or as objects that have one", () => {
    const text = lines(
      { prompt: "Hi", stage: "base", samples: ["a", "b\nc"] },
      { prompt: "Ho", model: "n", samples: [{ text: "d", model: "m" }, "e"] },
      { samples: [] },
    );
    expect(readSamples(text)).toEqual([
      {
        prompt: "Hi",
        samples: [
          { text: "a", stage: "base", model: null },
          { text: "b\nc", stage: "base", model: null },
        ],
      },
      {
        prompt: "Ho",
        samples: [
          { text: "d", stage: null, model: "m" },
          { text: "e", stage: null, model: "n" },
        ],
      },
      { prompt: "", samples: [] },
    ]);
  });

  it("reads one text per line, leaves out blank lines, and knows all line ends", () => {
    expect(textsOf("one\r\n\n  two \nthree\n")).toEqual([["", ["one", "  two ", "three"]]]);
  });

  it.each([
    ["FastChat's answers", [{ question_id: 7, text: "a", model_id: "m" }], "Question 7", ["a"]],
    [
      "FastChat's choices, the first turn of each",
      [{ question_id: "x", choices: [{ index: 0, turns: ["a", "later"] }, { turns: ["b"] }] }],
      "Question x",
      ["a", "b"],
    ],
    ["NoveltyBench", [{ id: "1", prompt: "q", generations: ["a", "b"] }], "q", ["a", "b"]],
    ["completions, one a record", [{ prompt: "q", completion: "a" }], "q", ["a"]],
    [
      "OpenAI's completions",
      [{ prompt: "q", choices: [{ text: "a" }, { text: "b" }] }],
      "q",
      ["a", "b"],
    ],
    [
      "OpenAI's chats",
      [{ prompt: "q", choices: [{ message: { role: "assistant", content: "a" } }] }],
      "q",
      ["a"],
    ],
    [
      "OpenAI's batches",
      [{ custom_id: "q", response: { status_code: 200, body: { choices: [{ text: "a" }] } } }],
      "Question q",
      ["a"],
    ],
    [
      "messages, with all that stands before the reply",
      [
        {
          messages: [
            { role: "system", content: "s" },
            { role: "user", content: "q" },
            { role: "assistant", content: [{ type: "text", text: "a" }] },
          ],
        },
      ],
      "system: s\n\nuser: q",
      ["a"],
    ],
    [
      "ShareGPT",
      [
        {
          conversations: [
            { from: "human", value: "q" },
            { from: "gpt", value: "a" },
          ],
        },
      ],
      "q",
      ["a"],
    ],
    ["Alpaca", [{ instruction: "q", input: "i", output: "a" }], "q\n\ni", ["a"]],
    [
      "a reply to the last of several turns",
      [
        {
          messages: [
            { role: "user", content: "one" },
            { role: "assistant", content: "two" },
            { role: "user", content: "three" },
          ],
          response: "a",
        },
      ],
      "user: one\n\nassistant: two\n\nuser: three",
      ["a"],
    ],
    [
      "lists within lists",
      [{ prompt: "q", generations: [[{ text: "a" }, { text: "b" }]] }],
      "q",
      ["a", "b"],
    ],
    ["a text beside an empty list", [{ prompt: "q", samples: [], response: "a" }], "q", ["a"]],
    [
      "a conversation for a response: its reply",
      [
        {
          prompt: "q",
          response: [
            { role: "user", content: "q" },
            { role: "assistant", content: "a" },
          ],
        },
      ],
      "q",
      ["a"],
    ],
    [
      "a refusal as an empty text",
      [{ prompt: "q", choices: [{ message: { content: null } }] }],
      "q",
      [""],
    ],
    ["responses", [{ prompt: "q", responses: ["a", "b"] }], "q", ["a", "b"]],
    ["a response", [{ instruction: "q", input: "", response: "a" }], "q", ["a"]],
  ])("reads %s", (_, records, prompt, samples) => {
    expect(textsOf(lines(...records))).toEqual([[prompt, samples]]);
    // As one JSON document, of one record or of many, on one line or on several.
    expect(textsOf(JSON.stringify(records))).toEqual([[prompt, samples]]);
    expect(textsOf(JSON.stringify(records, null, 2))).toEqual([[prompt, samples]]);
    expect(textsOf(JSON.stringify(records[0], null, 2))).toEqual([[prompt, samples]]);
  });

  it("puts records of one prompt together, in the order of the prompts", () => {
    const text = lines(
      { question_id: 7, text: "first" },
      { question_id: "a", text: "second" },
      { question_id: 7, text: "third" },
    );
    expect(textsOf(text)).toEqual([
      ["Question 7", ["first", "third"]],
      ["Question a", ["second"]],
    ]);
  });

  it("reads past byte order marks", () => {
    expect(textsOf(`\ufeff\ufeff${lines({ prompt: "Hi", samples: ["a"] })}`)).toEqual([
      ["Hi", ["a"]],
    ]);
  });

  it("takes no time that grows faster than the file", () => {
    const record = JSON.stringify({ prompt: "q", completion: "a" });
    const [prompt] = readSamples(Array(80_000).fill(record).join("\n"));
    expect(prompt!.samples).toHaveLength(80_000);
  });

  it("names the line that is no JSON, counting blank ones", () => {
    const text = lines({ prompt: "Hi", samples: [] }, "", '{"prompt": "Ho", "samples": [');
    expect(() => readSamples(text)).toThrow(new RecordError("Line 3 is not valid JSON."));
  });

  it.each([
    ["no samples", lines({ prompt: "Hi" }), "Line 1 holds no samples: "],
    [
      "a number for a sample",
      lines({ samples: ["a"] }, { samples: [1] }),
      "Line 2 holds no samples",
    ],
    [
      "an answer without text",
      lines({ question_id: 1, text: "a" }, { question_id: 2 }),
      "Line 2 holds",
    ],
    ["a JSON value that is no object", lines({ samples: [] }, "7"), "Line 2 holds no samples: "],
    [
      "answers to choose from",
      lines({ question: "q", choices: ["a", "b"] }),
      "Line 1 holds no samples",
    ],
    ["a user's message", lines({ role: "prompter", text: "q" }), "Line 1 holds no samples"],
    [
      "a first line that is no JSON",
      `# log\n${lines({ samples: ["a"] }, { samples: [] })}`,
      "Line 1 is not valid JSON, and other lines are.",
    ],
    [
      "an array with a record of another shape",
      '[{"samples": []}, {}]',
      "Record 2 holds no samples",
    ],
    ["nothing", "", "The file holds no samples."],
    ["an empty array", "[]", "The file holds no samples."],
    ["blanks", " \n\r\n", "The file holds no samples."],
    ["JSON that ends too soon", '[\n{"prompt": "q",', "The file is not valid JSON: "],
  ])("says what is wrong with %s", (_, text, message) => {
    expect(() => readSamples(text)).toThrow(RecordError);
    expect(() => readSamples(text)).toThrow(message);
  });
});

describe("groups of samples", () => {
  const prompts = readSamples(
    lines(
      {
        prompt: "q",
        stage: "base",
        samples: [
          { text: "a", model: "l" },
          { text: "b", model: "m" },
        ],
      },
      { prompt: "q", stage: "sft", samples: ["c"] },
      { prompt: "q", stage: "RLHF", samples: ["d"] },
      { prompt: "r", stage: "base", samples: [{ text: "e", model: "m" }] },
    ),
  );

  it("are the stages, the models within them, and the whole file", () => {
    expect(groupsOf(prompts)).toEqual([
      { stage: "base", model: null, samples: 3, prompts: 2 },
      { stage: "base", model: "m", samples: 2, prompts: 2 },
      { stage: "base", model: "l", samples: 1, prompts: 1 },
      { stage: "sft", model: null, samples: 1, prompts: 1 },
      { stage: "RLHF", model: null, samples: 1, prompts: 1 },
      { stage: null, model: null, samples: 5, prompts: 2 },
    ]);
    expect(namedSides(groupsOf(prompts))).toMatchObject({
      base: { stage: "base", model: null },
      rlhf: { stage: "RLHF", model: null },
    });
  });

  it("are found by the name of a stage, of a model, or of both", () => {
    expect(findGroup(prompts, "sft")).toEqual({ stage: "sft", model: null });
    expect(findGroup(prompts, "m")).toEqual({ stage: null, model: "m" });
    expect(findGroup(prompts, "base · l")).toMatchObject({ stage: "base", model: "l" });
    expect(findGroup(prompts, "nobody")).toBeNull();
    expect(namesIn(prompts)).toEqual(["base", "sft", "RLHF", "l", "m"]);
  });

  it("of a file that names nothing are the whole of it", () => {
    const groups = groupsOf(readSamples("one\ntwo"));
    expect(groups).toEqual([{ ...ALL_SAMPLES, samples: 2, prompts: 1 }]);
    expect(namedSides(groups)).toEqual({ base: null, rlhf: null });
  });

  it("stand in the models' places", () => {
    const sides = { base: { stage: "base", model: "m" }, rlhf: { stage: "sft", model: null } };
    const [first, second] = prompts.map((prompt) => importedRun("f", "2026-01-01", sides, prompt));
    expect(first!.base!.source).toEqual({ kind: "file", name: "f", of: "base · m" });
    expect(first!.base!.samples.map(({ text }) => text)).toEqual(["b"]);
    expect(first!.rlhf!.samples.map(({ text }) => text)).toEqual(["c"]);
    // The stage has no samples of the second prompt.
    expect(second!.rlhf).toBeNull();
  });
});

describe("importedRun", () => {
  it("is a run file without models, of the role that was asked for", () => {
    const run = importedSamples("Hi\nthere", ["a", ""], "base");
    expect(parseRun(serializeRun(run))).toEqual(run);
    expect(run.name).toBe("Hi");
    expect(run.rlhf).toBeNull();
    expect(run.base?.samples.map(({ index, text, tokens }) => [index, text, tokens])).toEqual([
      [0, "a", null],
      [1, "", null],
    ]);
    expect(run.settings).toMatchObject({ samples: 2, maxTokens: null });
  });

  it("refuses more text than can be aligned", () => {
    const long = () => importedSamples("Hi", ["x".repeat(10_000_001)]);
    expect(long).toThrow(/10,000,001 characters; at most 10,000,000/);
    const many = () => importedSamples("Hi", Array<string>(100_001).fill(""));
    expect(many).toThrow(/One prompt has 100,001 samples; at most 100,000/);
  });
});
