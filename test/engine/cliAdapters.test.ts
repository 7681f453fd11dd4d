/** Adapters on the command line: a pair's model is its file and an adapter, by whatever way it is named. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseRun } from "../../src/formats/parseRun";
import { type ScoreDocument, scoreDocumentSchema } from "../../src/formats/scoreDocument";
import { parseResult } from "../../src/formats/study/studyResult";
import { type AdapterOptions, writeAdapter } from "../support/adapters";
import { twinlens } from "../support/commandLine";
import { testPair, TINY } from "../support/models";

const folder = mkdtempSync(join(tmpdir(), "twinlens-cli-adapters-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What tells of which model an adapter was made. */
const MADE_OF = "twinlens.model.sha256";

const file = (name: string) => join(folder, name);
const sha256 = (...files: string[]) =>
  files.reduce((hash, one) => hash.update(readFileSync(one)), createHash("sha256")).digest("hex");

const TEXT = "The little fox went to the forest, and the king asked for bread.\n";
writeFileSync(file("tale.txt"), TEXT);

function written(
  name: string,
  weights: AdapterOptions["weights"],
  madeOf: string | null = null,
): string {
  const metadata = madeOf === null ? {} : { [MADE_OF]: { type: "string", value: madeOf } as const };
  writeAdapter(file(name), { rank: 4, alpha: 8, seed: 3, spread: 0.02, weights, metadata });
  return file(name);
}

/** Of the embedded pair's shape, made of its RLHF model. */
const prose = written(
  "prose.gguf",
  { "blk.2.attn_v.weight": [384, 128], "blk.5.ffn_down.weight": [768, 384] },
  sha256("models/twin-rlhf.gguf"),
);

const ON_ONE_THREAD = ["--cpu", "--threads", "1"];

async function scored(...args: string[]): Promise<ScoreDocument> {
  const command = ["score", file("tale.txt"), "--format", "json", ...ON_ONE_THREAD, ...args];
  const run = await twinlens(command);
  expect(run).toMatchObject({ code: 0, errors: "" });
  return scoreDocumentSchema.parse(JSON.parse(run.output));
}

describe("the embedded pair with an adapter", () => {
  it("scores differently with it, and the export says with what", async () => {
    const plain = await scored();
    const { models, files, cautions } = await scored("--rlhf-adapter", prose);
    expect(cautions).toEqual([]);
    expect(models.base).toMatchObject({ adapter: null, sha256: plain.models.base!.sha256 });
    expect(models.rlhf).toMatchObject({
      name: `${plain.models.rlhf!.name} + prose.gguf`,
      adapter: { file: "prose.gguf", sha256: sha256(prose) },
      sha256: sha256("models/twin-rlhf.gguf", prose),
    });
    const [before, after] = [plain.files[0]!, files[0]!];
    expect(after.base!.bits).toBe(before.base!.bits);
    expect(Math.abs(after.rlhf!.bits - before.rlhf!.bits)).toBeGreaterThan(0.1);
  });

  it("names it in a table, and what is wrong with one", async () => {
    const command = ["score", file("tale.txt"), ...ON_ONE_THREAD];
    const [table, fault] = await Promise.all([
      twinlens([...command, "--base-adapter", prose]),
      twinlens([...command, "--rlhf-adapter", file("tale.txt")]),
    ]);
    expect(table.code).toBe(0);
    expect(table.output).toContain("twin-base + prose.gguf was made of another model");
    expect(table.output).toContain(`sha256 of prose.gguf ${sha256(prose)}`);
    expect(fault.code).toBe(1);
    expect(fault.errors).toContain("tale.txt is not a GGUF file. Choose a LoRA adapter");
  });
});

describe("a written pair with an adapter", () => {
  const pair = testPair({ name: "cli-adapters" });
  const { embedding, feedForward } = TINY;
  const own = written("own.gguf", {
    "blk.0.attn_q.weight": [embedding, embedding],
    "blk.1.ffn_up.weight": [embedding, feedForward],
  });
  const MODELS = ["--base", pair.base, "--rlhf", pair.rlhf];

  it("draws runs of its own, which name it", async () => {
    const runs = file("runs");
    const command = ["sample", "--prompt", "Tell me", "--samples-per-prompt", "2"];
    const draw = (...args: string[]) =>
      twinlens([
        ...command,
        "--max-tokens",
        "8",
        "--runs",
        runs,
        ...MODELS,
        ...ON_ONE_THREAD,
        ...args,
      ]);
    const plain = await draw();
    const adapted = await draw("--rlhf-adapter", own);
    expect([plain.code, adapted.code]).toEqual([0, 0]);
    const [before, after] = [plain, adapted].map(({ output }) => output.split("\n"));
    expect(after![0]).toBe(before![0]);
    expect(after![1]).not.toBe(before![1]);
    const models = readdirSync(runs)
      .map((name) => parseRun(readFileSync(join(runs, name), "utf8")).rlhf!.source)
      .flatMap((source) => (source.kind === "model" ? [source.model] : []));
    expect(models).toHaveLength(2);
    expect(models.flatMap(({ adapter }) => adapter ?? [])).toEqual([
      { file: "own.gguf", sha256: sha256(own) },
    ]);
    expect(models.map((model) => model.sha256).sort()).toEqual(
      [sha256(pair.rlhf), sha256(pair.rlhf, own)].sort(),
    );
  });

  it("is a stage of a study beside the model without it", async () => {
    const study = {
      version: 1,
      measures: ["perplexity"],
      pairs: [
        {
          name: "P",
          ...pair,
          stages: { prose: pair.rlhf },
          adapters: { prose: "own.gguf" },
        },
      ],
      corpora: [{ name: "tale", paths: "tale.txt" }],
    };
    writeFileSync(file("mine.twinlens-study.json"), JSON.stringify(study));
    const run = await twinlens(["study", file("mine.twinlens-study.json"), ...ON_ONE_THREAD]);
    expect(run).toMatchObject({ code: 0 });
    const [cell] = parseResult(readFileSync(file("mine.twinlens-results.json"), "utf8")).cells;
    expect(cell!.models.map(({ stage, name, adapter }) => [stage, name, adapter?.file])).toEqual([
      ["base", "cli-adapters-base", undefined],
      ["rlhf", "cli-adapters-rlhf", undefined],
      ["prose", "cli-adapters-rlhf + own.gguf", "own.gguf"],
    ]);
    const { rlhf, prose } = cell!.groups[0]!.stages;
    expect(prose).not.toEqual(rlhf);
  });

  it("is studied without a study's file, under a name of its own", async () => {
    const command = ["study", "--corpus", file("tale.txt"), "--only", "perplexity"];
    const args = [...MODELS, "--rlhf-adapter", own, "--format", "json", ...ON_ONE_THREAD];
    const run = await twinlens([...command, ...args]);
    const [cell] = parseResult(run.output).cells;
    expect(cell!.pair).toMatch(/ \+ own\.gguf$/);
    expect(cell!.models[1]!.adapter).toEqual({ file: "own.gguf", sha256: sha256(own) });
  });
});
