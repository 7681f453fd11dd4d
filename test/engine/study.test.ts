/** `twinlens study` as a user runs it, held against `twinlens score` and against itself after kills. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { calibrationOf, commonOf, sharpnessOf, surprisalOf } from "../../src/formats/study/rows";
import { type ScoreDocument, scoreDocumentSchema } from "../../src/formats/scoreDocument";
import {
  parseResult,
  type ResultCell,
  type StudyResult,
} from "../../src/formats/study/studyResult";
import type { Measure } from "../../src/formats/study/studySchema";
import { CONCENTRATION_KS } from "../../src/protocol/scores";
import { type CommandRun, twinlens } from "../support/commandLine";
import { testPair } from "../support/models";

const folder = mkdtempSync(join(tmpdir(), "twinlens-study-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pair = testPair({ name: "study", context: 256 });
const WORDS = ["fox", "river", "the", "and", "went", "a", "bird", "slowly", "said", "forest"];
/** Documents of 3 to some 900 tokens: several in a window, and several windows. */
const documents = Array.from({ length: 24 }, (_, i) =>
  Array.from({ length: 3 + i ** 2 }, (_, j) => WORDS[(j * j * 7 + i * j) % WORDS.length]).join(" "),
);

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const lines = (texts: readonly string[]) =>
  texts.map((text) => `${JSON.stringify({ text })}\n`).join("");
write("some.jsonl", lines(documents));
write("others.jsonl", lines(documents.map((text) => text.toUpperCase()).slice(0, 8)));

/** A study of the two corpora, or of others. */
function study(name: string, corpora = ["some", "others"]): string {
  return write(
    `${name}.twinlens-study.yaml`,
    JSON.stringify({
      version: 1,
      pairs: [{ name: "tiny", ...pair }],
      corpora: corpora.map((corpus) => ({ name: corpus, paths: `${corpus}.jsonl` })),
      own: { prefixes: 5, prefixWords: 8, tokens: 12 },
      limits: { bytes: 1_000_000 },
    }),
  );
}

const run = (file: string, ...options: string[]): Promise<CommandRun> =>
  twinlens(["study", file, "--cpu", "--threads", "1", ...options]);

const resultFile = (name: string) => join(folder, `${name}.twinlens-results.json`);
const resultOf = (name: string): StudyResult => parseResult(readFileSync(resultFile(name), "utf8"));

function cellOf(result: StudyResult, measure: Measure, corpus = "some"): ResultCell {
  return result.cells.find((cell) => cell.measure === measure && cell.corpus === corpus)!;
}

describe("a study", () => {
  let done: CommandRun;
  let result: StudyResult;
  let scores: ScoreDocument;
  beforeAll(async () => {
    const files = documents.map((text, i) => write(`document-${i}.txt`, text));
    const models = ["--base", pair.base, "--rlhf", pair.rlhf, "--cpu", "--threads", "1"];
    const scored = await twinlens(["score", ...files, ...models, "--format", "json"]);
    scores = scoreDocumentSchema.parse(JSON.parse(scored.output));
    done = await run(study("whole"));
    result = resultOf("whole");
  });

  it("measures all that it is asked for", () => {
    expect(done).toMatchObject({ code: 0, errors: "" });
    expect(
      result.cells.map(({ corpus, measure, isComplete }) => [corpus, measure, isComplete]),
    ).toEqual(
      ["some", "others"].flatMap((corpus) =>
        ["perplexity", "concentration", "calibration", "own"].map((measure) => [
          corpus,
          measure,
          true,
        ]),
      ),
    );
  });

  it("gives every document the numbers of `twinlens score`, packed or not", () => {
    const { groups } = cellOf(result, "perplexity");
    expect(groups).toHaveLength(documents.length);
    groups.forEach(({ stages, against }, i) => {
      const file = scores.files[i]!;
      for (const role of ["base", "rlhf"] as const) {
        const { scoredTokens, bits, bytes, words, tokens } = surprisalOf(stages[role]!);
        const expected = file[role]!;
        expect(tokens).toBe(expected.tokens);
        expect(2 ** (bits / scoredTokens) / expected.perplexity!).toBeCloseTo(1, 8);
        expect(bits / bytes).toBeCloseTo(expected.bitsPerByte!, 8);
        expect(bits / words).toBeCloseTo(expected.bitsPerWord!, 8);
      }
      const common = commonOf(against.rlhf!, "token");
      expect(common.baseTokens).toBe(file.comparison!.common.baseTokens);
      expect(common.base).toBeCloseTo(file.comparison!.common.baseBits, 6);
      expect(common.rlhf).toBeCloseTo(file.comparison!.common.rlhfBits, 6);
    });
  });

  it("gives every document the coverage, entropy and C(k) of its tokens", () => {
    cellOf(result, "concentration").groups.forEach(({ stages }, i) => {
      for (const role of ["base", "rlhf"] as const) {
        const sums = sharpnessOf(stages[role]!);
        const { tokenList, concentration } = scores.files[i]![role]!;
        const total = (values: readonly (number | null)[] | null) =>
          values!.reduce((sum: number, value) => sum + (value ?? 0), 0);
        expect(sums.coverage).toBe(total(tokenList.coverage));
        expect(sums.entropyBits).toBeCloseTo(total(tokenList.entropyBits), 3);
        CONCENTRATION_KS.slice(0, concentration!.length).forEach((_, k) =>
          expect(sums.concentration[k]! / sums.scored).toBeCloseTo(concentration![k]!, 7),
        );
      }
    });
  });

  it("counts how often first choices are right as a list of tokens does", () => {
    for (const role of ["base", "rlhf"] as const) {
      const rows = cellOf(result, "calibration").groups.map(({ stages }) => stages[role]!);
      const cells = rows.map(calibrationOf);
      const sum = (of: (cell: (typeof cells)[number]) => readonly number[]) =>
        cells.flatMap(of).reduce((total, value) => total + value, 0);
      const lists = scores.files.map((file) => file[role]!.tokenList);
      const ranks = lists.flatMap(({ rank }) => rank!).filter((rank) => rank !== null);
      const tops = lists.flatMap(({ top, bits }) =>
        top!.flatMap(([first], i) => (bits[i] === null ? [] : [2 ** -first![1]])),
      );
      expect(sum(({ counts }) => counts)).toBe(ranks.length);
      expect(sum(({ hits }) => hits)).toBe(ranks.filter((rank) => rank === 1).length);
      const confidence = tops.reduce((total, value) => total + value, 0);
      expect(sum(({ sums }) => sums) / confidence).toBeCloseTo(1, 4);
    }
  });

  it("has each model write after the same words, and both read it", () => {
    const { texts, groups } = cellOf(result, "own");
    // Of 24 documents the first three have no more than 8 words.
    expect(groups.map(({ document }) => document)).toEqual(
      [4, 5, 6, 7, 8].map((line) => `some.jsonl#${line}`),
    );
    expect(texts.map(({ stage, sampler }) => `${stage} ${sampler}`)).toEqual(
      ["base nucleus", "base greedy", "rlhf nucleus", "rlhf greedy"].flatMap((by) =>
        new Array<string>(5).fill(by),
      ),
    );
    const [first] = groups;
    expect(Object.keys(first!.stages)).toEqual(
      ["base", "rlhf"].flatMap((stage) => [`${stage}, nucleus`, `${stage}, greedy`]),
    );
    expect(Object.keys(first!.against)).toHaveLength(8);
    for (const row of Object.values(first!.against)) {
      expect(surprisalOf(row).scoredTokens).toBeGreaterThan(0);
    }
  });

  it("is the same to the last byte after it was killed and went on", async () => {
    const file = study("killed");
    let kills = 0;
    for (let wait = 300; !(await killedAfter(file, wait)); wait += 400) kills += 1;
    expect(kills).toBeGreaterThan(1);
    const text = readFileSync(resultFile("killed"), "utf8");
    expect(
      text
        .replace('"study":"killed"', '"study":"whole"')
        .replace('"study": "killed"', '"study": "whole"'),
    ).toBe(readFileSync(resultFile("whole"), "utf8"));
  });

  it("measures again only what has changed", async () => {
    const file = study("changed");
    writeFileSync(resultFile("changed"), readFileSync(resultFile("whole")));
    const known = resultOf("changed");
    cellOf(known, "perplexity").groups[0]!.stages.base![2] = 12_345;
    writeFileSync(resultFile("changed"), JSON.stringify(known));
    writeFileSync(join(folder, "others.jsonl"), lines(documents.slice(3, 6)));
    expect((await run(file)).code).toBe(0);
    const now = resultOf("changed");
    expect(cellOf(now, "perplexity").groups[0]!.stages.base![2]).toBe(12_345);
    expect(cellOf(now, "perplexity", "others").measured).toBe(3);
    expect((await run(file, "--fresh", "--only", "perplexity")).code).toBe(0);
    const fresh = resultOf("changed");
    expect(fresh.cells.map(({ measure }) => measure)).toEqual(["perplexity", "perplexity"]);
    expect(cellOf(fresh, "perplexity").groups[0]!.stages.base![2]).not.toBe(12_345);
  });
});

/** Runs a study and kills it after so many milliseconds; true: it was done before. */
function killedAfter(file: string, ms: number, options: readonly string[] = []): Promise<boolean> {
  const program = resolve("dist/twinlens.mjs");
  const args = [program, "study", file, "--cpu", "--threads", "1", ...options];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  return new Promise((done) => {
    child.on("exit", (code) => {
      clearTimeout(timer);
      done(code === 0);
    });
  });
}

describe("a study of a long document", () => {
  it("loses no more than a window when it is killed", async () => {
    const text = Array.from({ length: 12_000 }, (_, i) => WORDS[(i * i * 7 + i) % WORDS.length]);
    write("long.jsonl", lines([text.join(" ")]));
    const options = ["--only", "concentration"];
    const whole = await run(study("longWhole", ["long"]), ...options);
    expect(whole.code).toBe(0);
    const file = study("long", ["long"]);
    const journal = join(folder, "long.twinlens-results.json.windows-0");
    const written: number[] = [];
    for (let wait = 700; !(await killedAfter(file, wait, options)); wait += 200) {
      written.push(existsSync(journal) ? readFileSync(journal, "utf8").split("\n").length - 1 : 0);
    }
    // Every time it goes on behind the windows of the time before.
    expect(written).toEqual(written.toSorted((a, b) => a - b));
    expect(written.at(-1)).toBeGreaterThan(2);
    expect(existsSync(journal)).toBe(false);
    expect(resultOf("long").cells).toEqual(resultOf("longWhole").cells);
  });
});

describe("a study with something wrong", () => {
  it("goes on with the other corpora where one can't be read", async () => {
    write("broken.jsonl", "\0\0\0\0");
    const file = study("broken", ["broken", "missing", "some"]);
    const { code, errors, output } = await run(file, "--only", "perplexity");
    expect(code).toBe(1);
    expect(errors).toContain("broken.jsonl");
    expect(errors).toContain("missing.jsonl");
    expect(output).toContain("Perplexity increase");
    expect(resultOf("broken").cells.map(({ corpus, isComplete }) => [corpus, isComplete])).toEqual([
      ["some", true],
    ]);
  });

  it("keeps what was measured of a corpus that can't be read any more", async () => {
    write("passing.jsonl", lines(documents.slice(3, 8)));
    const file = study("kept", ["some", "passing"]);
    expect((await run(file, "--only", "perplexity")).code).toBe(0);
    const measured = cellOf(resultOf("kept"), "perplexity", "passing");
    rmSync(join(folder, "passing.jsonl"));
    const { code, output } = await run(file, "--only", "perplexity");
    expect(code).toBe(1);
    expect(cellOf(resultOf("kept"), "perplexity", "passing")).toEqual(measured);
    expect(output).toMatch(/^other +passing /mu);
    // What the study does not name is kept as well, and not shown.
    const shorter = await run(study("kept", ["some"]), "--only", "perplexity");
    expect(shorter.output).not.toContain("passing");
    expect(cellOf(resultOf("kept"), "perplexity", "passing")).toEqual(measured);
  });

  it("counts bad records, names them, and tells of them in the report", async () => {
    write("partly.jsonl", `{"text": 1}\n{"text": "a fox went"}\n{\n{"text": ""}\n`);
    const { code, errors, output } = await run(study("partly", ["partly"]), "--only", "perplexity");
    expect(code).toBe(0);
    expect(errors).toContain("partly.jsonl, record 3");
    expect(output).toContain("partly: 1 record left out");
    expect(resultOf("partly").cells[0]!.measured).toBe(1);
  });

  it("says which line of its file is wrong", async () => {
    const file = write("wrong.twinlens-study.yaml", "version: 1\ncorpora:\n  - name: a\n");
    const { code, errors } = await run(file);
    expect(code).toBe(1);
    expect(errors).toBe(`twinlens: ${file}\nLine 3: corpora.0.paths: it is missing.\n`);
  });

  it("measures the other pairs where a model is gone", async () => {
    const file = write(
      "gone.twinlens-study.yaml",
      JSON.stringify({
        version: 1,
        pairs: [
          { name: "gone", base: "gone.gguf", rlhf: pair.rlhf },
          { name: "tiny", ...pair },
        ],
        corpora: [{ name: "some", paths: "some.jsonl" }],
        measures: ["perplexity"],
      }),
    );
    const { code, errors } = await run(file);
    expect(code).toBe(1);
    expect(errors).toMatch(/^twinlens: gone: There is no file .*gone\.gguf/u);
    expect(resultOf("gone").cells.map((cell) => cell.pair)).toEqual(["tiny"]);
  });

  it.skipIf(process.platform === "win32")(
    "fails with a message where the disk is full",
    async () => {
      const args = ["study", study("full"), "--cpu", "--threads", "1", "--only", "perplexity"];
      const { code, errors } = await twinlens(args, { largestFile: 1024 });
      expect(code).toBe(1);
      expect(errors).toMatch(/full\.twinlens-results\.json|EFBIG|file too large/iu);
    },
  );
});

describe("corpora without a study's file", () => {
  it("are measured as they are named, and reported as a page, as Markdown and as CSV", async () => {
    const args = (...more: string[]) =>
      twinlens([
        ...[
          "study",
          "--corpus",
          join(folder, "some.jsonl"),
          "--base",
          pair.base,
          "--rlhf",
          pair.rlhf,
        ],
        ...["--cpu", "--threads", "1", "--measures", "perplexity", ...more],
      ]);
    const page = await args("--format", "html");
    expect(page).toMatchObject({ code: 0, errors: "" });
    expect(page.output).toContain("<svg");
    expect(page.output).toContain("Perplexity increase");
    const report = join(folder, "report");
    expect((await args("--format", "markdown", "--report", report)).code).toBe(0);
    expect(readFileSync(join(report, "README.md"), "utf8")).toContain(
      "(./perplexity-increase.svg)",
    );
    expect(readFileSync(join(report, "perplexity-increase.svg"), "utf8")).toContain("<svg");
    const csv = await args("--format", "csv");
    expect(csv.output.split("\r\n")[0]).toBe(
      "pair,corpus,category,measure,document,documents,of,quantity,value",
    );
    expect(csv.output.split("\r\n")).toHaveLength(2 + documents.length * 15);
  });
});
