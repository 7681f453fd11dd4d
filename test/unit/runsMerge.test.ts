import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunFile } from "../../src/jobs/runs/runFile";
import { type ModelSource, NOT_SCORED, type Run, type RunSide } from "../../src/formats/run";
import { parseRun } from "../../src/formats/parseRun";
import { mergedRun } from "../../src/jobs/runs/mergeRuns";
import { newRun } from "../../src/jobs/runs/newRun";
import { fileIdentity } from "../../src/jobs/store/saveFile";

const SOURCE: ModelSource = {
  kind: "model",
  role: "base",
  model: { name: "m", path: "/m", sha256: null, quantisation: "F32", engineVersion: "1" },
  prompt: "Hi",
  frame: "{prompt}",
  sampler: { temperature: 1, topK: 0, topP: 1, minP: 0 },
};

/** A run of some samples of one model. */
function runOf(indexes: readonly number[], text = "drawn", changes: Partial<RunSide> = {}): Run {
  const run = newRun("Hi", { samples: 100, seed: 1, maxTokens: 5 });
  const base: RunSide = {
    source: SOURCE,
    samples: indexes.map((index) => ({
      index,
      ended: "end",
      text: `${text} ${index}`,
      tokens: null,
      scored: NOT_SCORED,
    })),
    alignment: null,
    mafft: null,
    anchors: null,
    ngrams: null,
    ...changes,
  };
  return { ...run, base };
}

const texts = ({ base }: Run) => base?.samples.map(({ text }) => text);

describe("mergedRun", () => {
  it("has every sample once, its own where both have one, in order", () => {
    const merged = mergedRun(runOf([3, 1]), runOf([0, 1, 4], "other"));
    expect(texts(merged)).toEqual(["other 0", "drawn 1", "drawn 3", "other 4"]);
  });

  it("drops what was found in fewer samples", () => {
    const alignment = { columns: 0, hitBudget: false, rows: [[]] };
    const level = [Array<number>(100).fill(0.1)];
    const chance = { kind: "sentences", seed: 1, overlap: level, alignedShare: level } as const;
    const own = runOf([0], "drawn", { alignment, chance });
    const grown = mergedRun(own, runOf([1])).base;
    expect(grown?.alignment).toBeNull();
    expect(grown?.chance).toBeUndefined();
    expect(mergedRun(own, runOf([0])).base).toMatchObject({ alignment, chance });
  });

  it("has the scores that either has of a sample", () => {
    const scores = { starts: [0], logProbabilities: [-1] };
    const [own, other] = [runOf([0, 1]), runOf([0, 1])];
    own.base!.samples[0]!.scored = { base: null, rlhf: scores };
    for (const sample of other.base!.samples) sample.scored = { base: scores, rlhf: null };
    other.base!.samples[1]!.text = "another";
    expect(mergedRun(own, other).base!.samples.map(({ scored }) => scored)).toEqual([
      { base: scores, rlhf: scores },
      NOT_SCORED,
    ]);
  });

  it("takes no scores of another model than has scored its own", () => {
    const scores = { starts: [0], logProbabilities: [-1] };
    const scoredBy = (name: string) => {
      const run = runOf([0, 1]);
      run.scorers.rlhf = { model: { ...SOURCE.model, name }, prompt: "Hi" };
      return run;
    };
    const other = scoredBy("n");
    other.base!.samples[0]!.scored = { base: null, rlhf: scores };
    const firstOf = (run: Run) => run.base!.samples[0]!.scored.rlhf;
    expect(firstOf(mergedRun(scoredBy("m"), other))).toBeNull();
    expect(firstOf(mergedRun(scoredBy("n"), other))).toEqual(scores);
    expect(mergedRun(runOf([0]), other).scorers).toEqual(other.scorers);
  });

  it("takes a model that only the other has drawn from, and none that differs", () => {
    const neither = { ...runOf([]), base: null };
    expect(texts(mergedRun(neither, runOf([7])))).toEqual(["drawn 7"]);
    expect(texts(mergedRun(runOf([7]), neither))).toEqual(["drawn 7"]);
    const framed = runOf([0], "other", { source: { ...SOURCE, prompt: "### Hi" } });
    expect(texts(mergedRun(runOf([7]), framed))).toEqual(["drawn 7"]);
  });
});

describe("a run's file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twinlens-run-file-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("holds what all have drawn who save into it, whoever is last", async () => {
    const path = join(folder, "x.twinlens.json");
    const fail = (message: string) => expect.unreachable(message);
    const files = [0, 1, 2].map(() => new RunFile(path, "Hi", fail));
    for (const file of files) expect(await file.read()).toBeNull();
    const own: number[][] = [[], [], []];
    for (let index = 0; index < 30; index++) {
      const who = (index * 7) % 3;
      own[who]!.push(index);
      await files[who]!.save(runOf(own[who]!, `${who}:`));
    }
    const indexes = () => parseRun(readFileSync(path, "utf8")).base!.samples.map((s) => s.index);
    expect(indexes()).toEqual(Array.from({ length: 30 }, (_, i) => i));

    await Promise.all(files.map((file, who) => file.save(runOf([...own[who]!, 30 + who]))));
    for (const [who, file] of files.entries()) await file.save(runOf([...own[who]!, 30 + who]));
    expect(indexes()).toEqual(Array.from({ length: 33 }, (_, i) => i));
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("is not written where it holds just that already", async () => {
    const path = join(folder, "x.twinlens.json");
    const fileOf = () => new RunFile(path, "Hi", (message) => expect.unreachable(message));
    await fileOf().save(runOf([0, 1]));
    const identity = await fileIdentity(path);
    const run = parseRun(readFileSync(path, "utf8"));
    await fileOf().save(run);
    expect(await fileIdentity(path)).toBe(identity);
    await fileOf().save({ ...run, name: "Another" });
    expect(await fileIdentity(path)).not.toBe(identity);
  });
});
