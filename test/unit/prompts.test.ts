import { describe, expect, it } from "vitest";
import { runFile } from "../../src/cli/runs/keptRuns";
import { UsageError } from "../../src/cli/exit";
import { readPrompts } from "../../src/jobs/files/prompts";
import { RecordError } from "../../src/jobs/files/records";
import { ANCHORS_HELP, SAMPLE_HELP, SCORE_HELP } from "../../src/cli/arguments/help";
import {
  drawingNote,
  parseAlignArguments,
  parseAnchorsArguments,
  parseSampleArguments,
  withNucleus,
} from "../../src/cli/arguments/runArguments";

const identified = (sha256: string) => ({ sha256, stamp: "" });
const PAIR = { base: identified("1"), rlhf: identified("2") };

describe("readPrompts", () => {
  const read = (text: string) => readPrompts(text).prompts;

  it.each([
    [
      "Vicuna's questions, of which the first turn is asked",
      { turns: ["How?\nSay.", "Why?"] },
      "How?\nSay.",
    ],
    ["prompts", { prompt: "a", id: 1 }, "a"],
    ["texts", { text: "b" }, "b"],
    ["messages", { messages: [{ role: "user", content: "one" }] }, "one"],
    ["prompts of messages", { prompt: [{ role: "user", content: "one" }] }, "one"],
    ["Alpaca's instructions", { instruction: "one", input: "", output: "x" }, "one"],
    ["Alpaca's instructions with input", { instruction: "one", input: "two" }, "one\n\ntwo"],
    ["questions", { question: "why?" }, "why?"],
  ])("reads %s", (_, record, prompt) => {
    expect(read(JSON.stringify(record))).toEqual([prompt]);
    expect(read(JSON.stringify([record, { prompt: "z" }], null, 1))).toEqual([prompt, "z"]);
  });

  it("reads one prompt per line, and JSON strings", () => {
    expect(read("How?\n\nWhat?\r\n")).toEqual(["How?", "What?"]);
    expect(read('"How?"\n"What\\nnow?"\n')).toEqual(["How?", "What\nnow?"]);
    expect(read('["How?", "What?"]')).toEqual(["How?", "What?"]);
  });

  it.each([
    ["{x} in the king is what?\nsecond prompt\n", ["{x} in the king is what?", "second prompt"]],
    ['"Yes," she said.\nWhat then?', ['"Yes," she said.', "What then?"]],
    ["[Intro] Sing.\n", ["[Intro] Sing."]],
  ])("takes %j for plain text", (text, prompts) => {
    expect(read(text)).toEqual(prompts);
  });

  it("counts a prompt that is listed twice once, and keeps the record that it came first in", () => {
    const records = '{"prompt": "one", "id": 1}\n{"prompt": "two"}\n{"prompt": "one", "id": 3}';
    expect(readPrompts(records)).toEqual({
      prompts: ["one", "two"],
      records: [{ prompt: "one", id: 1 }, { prompt: "two" }],
      repeated: 1,
    });
  });

  it.each([
    ["", "The file holds no prompts."],
    ["\n \n", "The file holds no prompts."],
    ['{"turns": []}', "Line 1 is no prompt: "],
    ['{"prompt": "a"}\n\n{"prompt": 7}', "Line 3 is no prompt: "],
    ['{"prompt": "a"}\n{', "Line 2 is not valid JSON."],
    [
      '{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]}',
      "Line 1 is a dialogue: a prompt is one text.",
    ],
    ['{"prompt": "a"', "The file is not valid JSON: "],
  ])("says what is wrong with %j", (text, message) => {
    expect(() => read(text)).toThrow(RecordError);
    expect(() => read(text)).toThrow(message);
  });
});

it("refuses more prompts than are drawn in one go", () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, i) => `${i}`).join("\n");
  expect(readPrompts(numbered(10_000)).prompts).toHaveLength(10_000);
  expect(() => readPrompts(numbered(10_001))).toThrow(/10,001 prompts; at most 10,000/);
});

describe("arguments of the commands on runs", () => {
  it("have the documented defaults", () => {
    expect(parseSampleArguments(["--prompt", "Hi"])).toEqual({
      base: null,
      rlhf: null,
      pair: null,
      baseAdapter: null,
      rlhfAdapter: null,
      gpu: "auto",
      threads: 0,
      prompt: "Hi",
      prompts: null,
      encoding: null,
      samples: 100,
      seed: 1,
      width: 0,
      maxTokens: 200,
      frame: false,
      chat: { system: "", template: null, variables: {} },
      samplers: {
        rlhf: { temperature: 1, topK: 0, topP: 0.9, minP: 0 },
        base: { temperature: 1, topK: 0, topP: 0.7, minP: 0 },
      },
      runs: null,
    });
    const given = "--prompt Hi --temperature 0.5 --top-p .8 --top-k 40 --min-p 0.05".split(" ");
    const sampler = { temperature: 0.5, topK: 40, topP: 0.8, minP: 0.05 };
    expect(parseSampleArguments(given).samplers).toEqual({ rlhf: sampler, base: sampler });
    const { anchors, format, imported, role } = parseAnchorsArguments(["--samples", "f"]);
    expect({ anchors, format, imported, role }).toEqual({
      anchors: { minLength: 30, minShare: 0.2, limit: 6, order: "mass" },
      format: "table",
      imported: "f",
      role: "rlhf",
    });
    const steps = ["--samples", "f", "--no-bits", "--no-chance"];
    expect(parseAnchorsArguments(steps.slice(0, 2))).toMatchObject({ bits: true, chance: true });
    expect(parseAnchorsArguments(steps)).toMatchObject({ bits: false, chance: false });
    expect(parseAlignArguments(["-"])).toEqual({ file: "-", format: "text", encoding: null });
  });

  it("take several nuclei, each drawn as if it were the only one", () => {
    const several = parseAnchorsArguments(["--prompt", "Hi", "--top-p", "0.6, .8,1"]);
    expect(several.nuclei).toEqual([0.6, 0.8, 1]);
    const one = parseAnchorsArguments(["--prompt", "Hi", "--top-p", "0.8"]);
    expect(one.nuclei).toBeNull();
    const fileOf = (options: typeof one) => runFile({ ...options, runs: "folder" }, PAIR, "Hi");
    expect(fileOf({ ...several, ...withNucleus(several, 0.8) })).toBe(fileOf(one));
    expect(withNucleus(several, 0.6).samplers.base.topP).toBe(0.6);
  });

  it("say that samples of a greedy run are equal, where several are asked for", () => {
    const noteOf = (line: string) => drawingNote(parseSampleArguments(line.split(" ")));
    expect(noteOf("--prompt a --temperature 0")).toMatch(/^At --temperature 0 all samples/);
    expect(noteOf("--prompt a --temperature 0 --samples-per-prompt 1")).toBeNull();
    expect(noteOf("--prompt a --temperature 0.1")).toBeNull();
  });

  it.each([
    ["--samples-per-prompt", "a whole number from 1 to 1,000", ["0", "1001", "2e7", "1.5", "-1"]],
    ["--max-tokens", "a whole number from 1 to 8,192", ["0", "8193", "", "NaN", "1e308"]],
    ["--width", "a whole number from 1 to 248", ["0", "249", "0x10", "Infinity"]],
    ["--seed", "a whole number from 0 to 2,147,483,647", ["2147483648", "1e999", "٣"]],
    ["--threads", "a whole number from 1 to 512", ["0", "513"]],
    ["--temperature", "a number from 0 to 10", ["-0.5", "1e308", "10.1", "1" + "0".repeat(400)]],
    ["--top-p", "a number from 0.01 to 1", ["0", "1.1"]],
    ["--top-k", "a whole number from 0 to 1,000,000", ["0.5", "1000001"]],
    ["--min-p", "a number from 0 to 1", ["1.5", "- 1"]],
  ])("%s is %s, and the message says so", (option, bounds, values) => {
    for (const value of values) {
      const args = ["--prompt", "a", `${option}=${value}`];
      const message = `${option} is ${bounds}, not "${value}".`;
      expect(() => parseSampleArguments(args)).toThrow(new UsageError(message));
    }
    const range = bounds.replace(/^.* from /, "");
    const helps = option === "--threads" ? [SCORE_HELP] : [SAMPLE_HELP, ANCHORS_HELP];
    for (const help of helps) expect(help).toContain(range);
  });

  it.each([
    "",
    "--prompt a --prompts b",
    "--prompt a stray",
    "--prompt a --width 256",
    "--prompt a --samples-per-prompt 1001",
    "--prompt a --pair p --base b",
    "--prompt a --order mass",
    "--prompt a --temperature -1",
    "--prompt a --top-p 1.1",
    "--prompt a --top-p x",
    "--prompt a --top-p 0.7,0.9",
    "--prompt a --top-k 0.5",
    "--prompt a --min-p -1",
    "--prompt a --template-variables x",
    "--prompt a --template-variables [1]",
  ])("sample refuses %j", (line) => {
    expect(() => parseSampleArguments(line.split(" ").filter(Boolean))).toThrow(UsageError);
  });

  it.each([
    "",
    "--samples a --prompt b",
    "--samples a stray",
    "--samples a --order size",
    "--samples a --role b",
    "--prompt a --top-p 0.7,",
    "--prompt a --top-p 0.7,2",
    "--samples a --top-p 0.7,0.9",
    "--prompt a --top-p 0.7,0.9 --format html",
  ])("anchors refuses %j", (line) => {
    expect(() => parseAnchorsArguments(line.split(" ").filter(Boolean))).toThrow(UsageError);
  });

  it.each(["", "a b", "a --format html"])("align refuses %j", (line) => {
    expect(() => parseAlignArguments(line.split(" ").filter(Boolean))).toThrow(UsageError);
  });
});

describe("runFile", () => {
  const optionsOf = (line: string) =>
    parseSampleArguments(["--prompt", "x", ...line.split(" ").filter(Boolean)]);
  const name = (line = "", prompt = "Hi", models = PAIR) =>
    runFile(optionsOf(`--runs folder ${line}`), models, prompt);

  it("is in the folder, whatever the prompt says", () => {
    for (const prompt of ["Hi", "../../etc/passwd", "\0", "a".repeat(5000), ""]) {
      expect(name("", prompt)).toMatch(/^folder[/\\][0-9a-f]{16}\.twinlens\.json$/);
    }
    expect(runFile(optionsOf(""), PAIR, "Hi")).toBeNull();
  });

  it("is another one for whatever changes a sample, and the same for what does not", () => {
    const others = [
      "--seed 2",
      "--max-tokens 9",
      "--top-p 0.8",
      "--instruction-frame",
      "--system brief",
      '--template-variables {"enable_thinking":false}',
      "--template test/fixtures/templates/bos_token.jinja",
    ].map((line) => name(line));
    const files = [
      name(),
      ...others,
      name("", "Ho"),
      name("", "Hi", { ...PAIR, base: identified("3") }),
    ];
    expect(new Set(files).size).toBe(files.length);
    expect(name("--samples-per-prompt 7 --width 3 --threads 1 --cpu")).toBe(name());
  });
});
