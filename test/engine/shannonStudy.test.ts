/** The measure `shannon` as a user runs it, on the embedded pair, held against `twinlens score` and against itself after a stop. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastWord } from "../../src/analysis/scores/lastWord";
import { type ScoreDocument, scoreDocumentSchema } from "../../src/formats/scoreDocument";
import { shannonOf } from "../../src/formats/study/rows";
import {
  type Group,
  parseResult,
  type ResultCell,
  serializeResult,
  type StudyResult,
} from "../../src/formats/study/studyResult";
import { ROLES } from "../../src/protocol/roles";
import { type CommandRun, twinlens } from "../support/commandLine";

const folder = mkdtempSync(join(tmpdir(), "twinlens-shannon-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Beginnings of the sample text, each of some words more. */
const story = readFileSync("sample/night-ferry.md", "utf8").trim();
const passages = Array.from({ length: 16 }, (_, i) =>
  story
    .slice(0, 120 + 50 * i)
    .replace(/\s+\S*$/u, "")
    .trimEnd(),
);
write("passages.jsonl", passages.map((text) => `${JSON.stringify({ text })}\n`).join(""));
write("texts.jsonl", `${JSON.stringify({ text: story })}\n`);

function study(name: string, content: object): string {
  return write(
    `${name}.twinlens-study.yaml`,
    JSON.stringify({ version: 1, limits: { bytes: 1_000_000 }, ...content }),
  );
}
const PASSAGES = [{ name: "story", paths: "passages.jsonl", standsFor: "LAMBADA" }];

const run = (file: string, ...options: string[]): Promise<CommandRun> =>
  twinlens(["study", file, "--cpu", "--threads", "1", ...options]);
const resultText = (name: string) =>
  readFileSync(join(folder, `${name}.twinlens-results.json`), "utf8");

describe("a study with passages", () => {
  let done: CommandRun;
  let result: StudyResult;
  let scores: ScoreDocument;
  beforeAll(async () => {
    const files = passages.map((text, i) => write(`passage-${i}.txt`, text));
    const scored = await twinlens([
      "score",
      ...files,
      "--cpu",
      "--threads",
      "1",
      "--format",
      "json",
    ]);
    scores = scoreDocumentSchema.parse(JSON.parse(scored.output));
    done = await run(study("whole", { passages: PASSAGES }));
    result = parseResult(resultText("whole"));
  });

  it("measures their last words alone", () => {
    expect(done).toMatchObject({ code: 0, errors: "" });
    expect(
      result.cells.map(({ measure, isComplete, measured }) => [measure, isComplete, measured]),
    ).toEqual([["shannon", true, passages.length]]);
    expect(done.output).toContain("On story (for LAMBADA), embedded pair's RLHF model says");
    expect(done.output).toContain("Llama 2 70B, RLHF (paper)");
  });

  it("ranks the tokens of the last word as `twinlens score` does", () => {
    const [cell] = result.cells;
    let ranked = 0;
    cell!.groups.forEach(({ stages }, i) => {
      const { start, endExclusive } = lastWord(passages[i]!)!;
      for (const role of ROLES) {
        const list = scores.files[i]![role]!.tokenList;
        const target = list.start.flatMap((from, token) =>
          from < endExclusive && list.endExclusive[token]! > start ? [token] : [],
        );
        const ranks = target.map((token) => list.rank![token]!);
        const bits = target.reduce((sum, token) => sum + list.bits[token]!, 0);
        const found = shannonOf(stages[role]!);
        expect(found).toMatchObject({
          passages: 1,
          tokens: target.length,
          guesses: ranks.reduce((sum, rank) => sum + rank - 1, 0),
          firstChoices: ranks.filter((rank) => rank === 1).length,
        });
        expect(found.bits).toBeCloseTo(bits, 6);
        if (found.exact === 1) expect(found.f1).toBe(1);
        ranked += target.length;
      }
    });
    expect(ranked).toBeGreaterThanOrEqual(2 * passages.length);
    const exact = cell!.groups.map(({ stages }) => shannonOf(stages["rlhf"]!).exact);
    expect(new Set(exact)).toEqual(new Set([0, 1]));
  });

  it("goes on behind what is measured, with the same numbers to the last byte", async () => {
    const file = study("whole", { passages: PASSAGES });
    const { cells, ...head } = result;
    const [cell] = cells as [ResultCell];
    const [first, ...others] = cell.groups as [Group, ...Group[]];
    // What is known is not measured again.
    const groups = [{ ...first, stages: { ...first.stages, base: [12_345] } }, ...others];
    const begun = { ...cell, isComplete: false, measured: 7, groups: groups.slice(0, 7) };
    write("whole.twinlens-results.json", serializeResult({ ...head, cells: [begun] }));
    expect((await run(file)).code).toBe(0);
    expect(resultText("whole")).toBe(serializeResult({ ...head, cells: [{ ...cell, groups }] }));
  });

  it("stands beside corpora, and tells of passages that have nothing to guess from", async () => {
    const few = ["Alone.", "— 1 —", "He went home"].map((text) => JSON.stringify({ text }));
    write("few.jsonl", few.join("\n"));
    const file = study("both", {
      corpora: [{ name: "texts", paths: "texts.jsonl" }],
      passages: [{ name: "few", paths: "few.jsonl" }],
    });
    const { code, output } = await run(file, "--only", "shannon,perplexity");
    expect(code).toBe(0);
    const { cells } = parseResult(resultText("both"));
    expect(cells.map(({ corpus, measure, measured }) => [corpus, measure, measured])).toEqual([
      ["texts", "perplexity", 1],
      ["few", "shannon", 1],
    ]);
    expect(cells[1]!.failed.map(({ document }) => document)).toEqual([
      "few.jsonl#1",
      "few.jsonl#2",
    ]);
    expect(output).toContain("2 documents could not be measured: A passage needs two words");
  });
});

it("corpora without a file have no last words", async () => {
  const args = ["study", "--corpus", join(folder, "texts.jsonl"), "--measures", "shannon"];
  const { code, errors } = await twinlens(args);
  expect(code).toBe(2);
  expect(errors).toContain("shannon is measured on passages");
});
