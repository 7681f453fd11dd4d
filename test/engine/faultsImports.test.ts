import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync } from "node:fs";
import { writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { twinlens } from "../support/commandLine";

const folder = mkdtempSync(join(tmpdir(), "twinlens-imports-"));
afterAll(() => rmSync(folder, { recursive: true }));

const EXPECTED =
  '"samples", "generations", "completion", "response", "output", "choices", "messages" or "text" is expected, of texts.';

/** Both commands read samples in the same way. */
const COMMANDS: readonly string[][] = [["align"], ["anchors", "--samples"]];

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe.each(COMMANDS)("twinlens %s", (...command: readonly string[]) => {
  const readFile = (path: string, nodeOptions: readonly string[] = []) =>
    twinlens([...command, path], { nodeOptions });
  const read = (text: string) => readFile(write("samples.jsonl", text));

  it.each([
    [
      "a line that is no JSON",
      '{"prompt": "How?", "samples": ["a", "b"]}\n\n{"prompt": "How?", "samples": [\n',
      "Line 3 is not valid JSON.",
    ],
    [
      "a first line of another shape",
      '{"question": "How?"}\n',
      `Line 1 holds no samples: ${EXPECTED}`,
    ],
    [
      "a later line of another shape",
      '{"prompt": "How?", "samples": ["a"]}\n{"prompt": "Why?", "samples": 7}\n',
      `Line 2 holds no samples: ${EXPECTED}`,
    ],
    ["samples that are no texts", '{"samples": [1, 2]}\n', `Line 1 holds no samples: ${EXPECTED}`],
    [
      "a file of FastChat with a line of another shape",
      '{"question_id": 1, "text": "a"}\n{"question_id": 1}\n',
      `Line 2 holds no samples: ${EXPECTED}`,
    ],
    ["a file without a line", "\n\n", "The file holds no samples."],
  ])("names %s", async (_, text, message) => {
    expect(await read(text)).toEqual({ code: 1, output: "", errors: `twinlens: ${message}\n` });
  });

  it.each([
    ["samples that are all empty", ["", "", ""]],
    ["one sample", ["It depends on what you are looking for, and on much else."]],
    ["a prompt without samples", []],
  ])("takes %s: there is nothing to find", async (_, samples) => {
    const run = await read(`${JSON.stringify({ prompt: "How?", samples })}\n`);
    expect(run).toMatchObject({ code: 0, errors: "" });
    expect(run.output).toContain("How?");
    expect(run.output).not.toMatch(/NaN|undefined|null/);
    if (command[0] === "anchors") expect(run.output).toContain(`no anchor in ${samples.length}`);
    else expect(run.output).toBe(`# How?\n${samples.join("\n")}\n`);
  });

  describe("of 200 MB", () => {
    const path = join(folder, "large.jsonl");
    beforeAll(() => writeLargeFile(path));

    it("in one prompt's samples is refused in words, in memory for a few copies of it", async () => {
      expect(statSync(path).size).toBeGreaterThan(200e6);
      expect(await readFile(path, ["--max-old-space-size=1024"])).toEqual({
        code: 1,
        output: "",
        errors: expect.stringMatching(
          /^twinlens: The samples of one prompt have 2\d\d,\d{3},\d{3} characters; at most [^\n]*\n$/,
        ) as string,
      });
    });
  });

  it("of more characters than a string can hold is refused in words", async () => {
    const path = write("huge.jsonl", "");
    // Zeros that take no place on the disk.
    truncateSync(path, 600e6);
    const run = await readFile(path);
    expect(run).toMatchObject({ code: 1, output: "" });
    expect(run.errors).toMatch(/^twinlens: The text is too long: at most [^\n]*\n$/);
  });
});

/** Answers to one question in FastChat's form. */
function writeLargeFile(path: string): void {
  const text = "The fox went to the forest and asked the bird. ".repeat(22_000);
  const line = `${JSON.stringify({ question_id: 1, text })}\n`;
  const file = openSync(path, "w");
  for (let size = 0; size <= 200e6; size += line.length) writeSync(file, line);
  closeSync(file);
}
