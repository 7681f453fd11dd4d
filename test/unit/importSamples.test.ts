import { describe, expect, it } from "vitest";
import { parseRun } from "../../src/formats/parseRun";
import { serializeRun } from "../../src/formats/serializeRun";
import { importedRun, ImportError, importSamples } from "../../src/jobs/runs/importSamples";

const lines = (...records: unknown[]) =>
  records
    .map((record) => (typeof record === "string" ? record : JSON.stringify(record)))
    .join("\n");

describe("importSamples", () => {
  it("reads prompts with samples, as texts or as objects that have one", () => {
    const text = lines(
      { prompt: "Hi", stage: "base", samples: ["a", "b\nc"] },
      { prompt: "Ho", samples: [{ text: "d", model: "m" }, "e"] },
      { samples: [] },
    );
    expect(importSamples(text)).toEqual([
      { prompt: "Hi", samples: ["a", "b\nc"] },
      { prompt: "Ho", samples: ["d", "e"] },
      { prompt: "", samples: [] },
    ]);
  });

  it("reads one text per line, leaves out blank lines, and knows all line ends", () => {
    expect(importSamples("one\r\n\n  two \nthree\n")).toEqual([
      { prompt: "", samples: ["one", "  two ", "three"] },
    ]);
  });

  it("puts FastChat's answers to one question together, in the order of the questions", () => {
    const text = lines(
      { question_id: 7, text: "first", answer_id: "x" },
      { question_id: "a", choices: [{ index: 0, turns: ["second", "later"] }, { turns: [] }] },
      { question_id: 7, text: "third" },
    );
    expect(importSamples(text)).toEqual([
      { prompt: "Question 7", samples: ["first", "third"] },
      { prompt: "Question a", samples: ["second", ""] },
    ]);
  });

  it("reads NoveltyBench's generations", () => {
    const text = lines({ id: "curated-1", prompt: "Tell", generations: ["x", "y"] });
    expect(importSamples(text)).toEqual([{ prompt: "Tell", samples: ["x", "y"] }]);
  });

  it("reads past a byte order mark", () => {
    const text = `\ufeff${lines({ prompt: "Hi", samples: ["a"] })}`;
    expect(importSamples(text)).toEqual([{ prompt: "Hi", samples: ["a"] }]);
  });

  it("names the line that is no JSON, counting blank ones", () => {
    const text = lines({ prompt: "Hi", samples: [] }, "", '{"prompt": "Ho", "samples": [');
    expect(() => importSamples(text)).toThrow(new ImportError("Line 3 is not valid JSON."));
  });

  it.each([
    ["no samples", lines({ prompt: "Hi" }), "Line 1 lacks prompt and samples."],
    [
      "a number for a sample",
      lines({ prompt: "Hi", samples: ["a"] }, { prompt: "Hi", samples: [1] }),
      "Line 2 lacks prompt and samples.",
    ],
    [
      "another shape than the first line's",
      lines({ prompt: "Hi", generations: ["a"] }, { prompt: "Hi", samples: ["a"] }),
      "Line 2 lacks prompt and generations.",
    ],
    [
      "an answer without text",
      lines({ question_id: 1, text: "a" }, { question_id: 2 }),
      "Line 2 lacks question_id and text, or choices.",
    ],
    [
      "a JSON value that is no object",
      lines({ samples: [] }, "7"),
      "Line 2 lacks prompt and samples.",
    ],
    ["nothing", "", "The file holds no samples."],
    ["blanks", " \n\r\n", "The file holds no samples."],
  ])("says what is wrong with %s", (_, text, message) => {
    expect(() => importSamples(text)).toThrow(new ImportError(message));
  });

  it("refuses more text than can be aligned", () => {
    const text = lines({ prompt: "Hi", samples: ["x".repeat(10_000_001)] });
    expect(() => importSamples(text)).toThrow(/10,000,001 characters; at most 10,000,000/);
    const many = lines({ prompt: "Hi", samples: Array(100_001).fill("") });
    expect(() => importSamples(many)).toThrow(/One prompt has 100,001 samples; at most 100,000/);
  });
});

describe("importedRun", () => {
  it("is a run file without models, of the role that was asked for", () => {
    const run = importedRun("mine", "2026-01-01T00:00:00Z", "base", {
      prompt: "Hi",
      samples: ["a", ""],
    });
    expect(parseRun(serializeRun(run))).toEqual(run);
    expect(run.rlhf).toBeNull();
    expect(run.base?.samples.map(({ index, text, tokens }) => [index, text, tokens])).toEqual([
      [0, "a", null],
      [1, "", null],
    ]);
    expect(run.settings).toMatchObject({ samples: 2, maxTokens: null });
  });
});
