/** Words, and texts after a context, on the command line. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, describe, expect, it } from "vitest";
import { scoreDocumentSchema } from "../../src/formats/scoreDocument";
import { wordDocumentSchema } from "../../src/formats/wordDocument";
import { testPair } from "../support/models";

const folder = mkdtempSync(join(tmpdir(), "twinlens-words-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pair = testPair({ name: "cli-words" });
const MODELS = ["--base", pair.base, "--rlhf", pair.rlhf, "--cpu", "--threads", "1"];

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function score(args: readonly string[], input = ""): { code: number | null; output: string } {
  const program = [resolve("dist/twinlens.mjs"), "score", ...args, ...MODELS];
  const run = spawnSync(process.execPath, program, { input, encoding: "utf8", maxBuffer: 2 ** 28 });
  return { code: run.status, output: run.stdout + run.stderr };
}

const TEXT = '=1+2 The fox said: "Où?"\r\n你好世界。 🎀 The end';

describe("twinlens score --unit word", () => {
  it("writes the same words as JSON and as CSV, under both models", () => {
    const file = write("fox.txt", TEXT);
    const options = [file, "--unit", "word", "--words", "boundary", "--punctuation", "separate"];
    const json = score([...options, "--format", "json"]);
    expect(json.code).toBe(0);
    const document = wordDocumentSchema.parse(JSON.parse(json.output));
    const { wordList } = document.files[0]!;
    expect(wordList.text.join("|")).toBe('=1+2|The|fox|said|:|"|Où|?"|你好|世界|。|🎀|The|end');
    const characters = [...TEXT];
    expect(wordList.text).toEqual(
      wordList.start.map((at, i) => characters.slice(at, wordList.endExclusive[i]).join("")),
    );
    const csv = score([...options, "--format", "csv"]);
    const rows = parse<Record<string, string>>(csv.output, { columns: true });
    expect(rows.map(({ text }) => text)).toEqual(wordList.text);
    for (const role of ["base", "rlhf"] as const) {
      expect(rows.map((row) => Number(row[`${role}_bits`]))).toEqual(wordList[role]!.bits);
      expect(rows.map((row) => Number(row[`${role}_tokens`]))).toEqual(wordList[role]!.tokens);
      const { tokens } = document.files[0]![role]!;
      expect(wordList[role]!.tokens.reduce((a, b) => a + b, 0)).toBe(tokens);
    }
  });

  it("adds up to the bits of the text as the tokenizer cuts, in a text of 20,000 words", () => {
    const file = write("long.txt", "the king went to see old you ".repeat(20_000 / 7 + 1).trim());
    const { output } = score([file, "--unit", "word", "--format", "json"]);
    const [text] = wordDocumentSchema.parse(JSON.parse(output)).files;
    const { wordList } = text!;
    expect(wordList.word.length).toBeGreaterThanOrEqual(20_000);
    const sum = wordList.base!.bits.reduce<number>((total, bits) => total + bits!, 0);
    expect(sum).toBeCloseTo(text!.base!.bits, 6);
  });

  it("is refused for what has no words", () => {
    expect(score([write("a.txt", "a"), "--unit", "word"])).toMatchObject({ code: 2 });
  });
});

describe("twinlens score --context", () => {
  const context = write("before.txt", "Once upon a time the king ");
  const after = write("after.txt", "went home. \u0001The end.\n");
  const bits = (args: readonly string[], input?: string) => {
    const { output } = score([...args, "--format", "json"], input);
    return scoreDocumentSchema.parse(JSON.parse(output));
  };

  it("scores a text as the end of both, in every format", () => {
    const both = write("both.txt", readFileSync(context, "utf8") + readFileSync(after, "utf8"));
    const whole = bits([both]).files[0]!.base!.tokenList;
    const document = bits([after, "--context", context]);
    const { tokenList, bits: total } = document.files[0]!.base!;
    expect(document.context).toEqual({ name: context, text: "Once upon a time the king " });
    expect(tokenList.bits).toEqual(whole.bits.slice(-tokenList.bits.length));
    expect(tokenList.start[0]).toBe(0);
    expect(tokenList.endExclusive.at(-1)).toBe(document.files[0]!.text.length);

    const table = score([after, "--context", context]).output;
    expect(table).toMatch(new RegExp(`base .* ${total.toFixed(1)} .*${tokenList.id.length} of`));
    expect(table).toContain(`each text read after ${context} (26 characters), which is not scored`);
    const csv = score([after, "--context", context, "--format", "csv"]).output;
    const rows = parse<Record<string, string>>(csv, { columns: true });
    const ofBase = rows.filter(({ model }) => model === "base");
    expect(ofBase.map((row) => Number(row.bits))).toEqual(tokenList.bits);
    expect(rows[0]!.context).toBe(context);
    const text = score([after, "--context", context, "--format", "text"]).output;
    expect(text).not.toContain("Once");
    const words = score([after, "--context", context, "--unit", "word", "--format", "json"]);
    const { wordList } = wordDocumentSchema.parse(JSON.parse(words.output)).files[0]!;
    expect(wordList.text).toEqual(["went", "home.", "\u0001The", "end."]);
  });

  it("may have more windows than one, and more than is tokenized at a time", () => {
    const long = write("long.txt", "The king went home. ".repeat(4000));
    const options = [after, "--context", long, "--window", "64"];
    const { files } = bits(options);
    const table = score(options);
    expect(table.code).toBe(0);
    for (const [role, found] of [
      ["base", files[0]!.base!],
      ["RLHF", files[0]!.rlhf!],
    ] as const) {
      expect(table.output).toMatch(new RegExp(`${role} .* ${found.bits.toFixed(1)} `, "u"));
    }
  });

  it("reads it from standard input, and says what it can't read", () => {
    const document = bits([after, "--context", "-"], "Once upon a time the king ");
    expect(document.files[0]!.base).toEqual(bits([after, "--context", context]).files[0]!.base);
    const missing = score([after, "--context", join(folder, "none.txt")]);
    expect(missing.code).toBe(1);
    expect(missing.output).toContain("none.txt");
    const noFile = score([after, "--context", folder]);
    expect(noFile.code).toBe(1);
    expect(noFile.output).toContain(`${folder}: EISDIR`);
    const empty = bits([after, "--context", write("empty.txt", "")]);
    expect(empty.files[0]!.base).toEqual(bits([after]).files[0]!.base);
  });
});
