/** A study's measure `readaptation`, on real engines: both models are trained alike, and what was trained is not trained again. */
import { existsSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/analysis/statistics/random";
import { EngineError } from "../../src/engine/errors";
import { modelAt, modelDigest } from "../../src/engine/modelFiles";
import { Engines } from "../../src/engine/local/engines";
import { parseStudy } from "../../src/formats/study/parseStudy";
import { resolveStudy } from "../../src/formats/study/resolveStudy";
import {
  parseResult,
  serializeResult,
  type StudyResult,
} from "../../src/formats/study/studyResult";
import { startAnalyser } from "../../src/jobs/runs/workerClient";
import { runStudy } from "../../src/jobs/study/runStudy";
import { studyReport } from "../../src/report/study/studyReport";
import { folderWith } from "../support/folders";
import { testPair } from "../support/models";

const WORDS = ["the fox", "a hen", "the barn", "at night", "and then", "went home", "saw", "crept"];
const random = seededRandom(4);
const tale = () =>
  Array.from({ length: 14 }, () => WORDS[Math.floor(random() * WORDS.length)]).join(" ");
const folder = folderWith({ "tales.txt": Array.from({ length: 60 }, tale).join("\n") });
const engines = new Engines({ script: resolve("dist/engine.mjs") });
afterAll(() => {
  engines.dispose();
  rmSync(dirname(folder), { recursive: true, force: true });
});

const { base, rlhf } = testPair({ name: "study-adapted" });
const PAIR = {
  name: "twins",
  stages: [
    { name: "base", path: base, adapter: null },
    { name: "rlhf", path: rlhf, adapter: null },
  ],
};
const FILE = {
  version: 1,
  measures: ["readaptation"],
  corpora: [{ name: "tales", paths: "tales.txt", lines: true }],
  readaptation: {
    steps: 4,
    interval: 2,
    windowsPerStep: 2,
    window: 96,
    learningRate: { lora: 0.01, all: 0.002 },
  },
};

/** @param adapters folder of what is trained; null: it is not kept */
async function measure(
  adapters: string | null,
  known: StudyResult | null,
  after = Infinity,
): Promise<StudyResult> {
  const stop = new AbortController();
  let last = known;
  return runStudy({
    study: resolveStudy(parseStudy(JSON.stringify(FILE)), "s", PAIR, (path) => path),
    folder,
    known,
    measures: ["readaptation"],
    engines,
    startAnalyser: () => startAnalyser(resolve("dist/alignment.mjs")),
    runsFolder: null,
    adaptersFolder: adapters === null ? null : join(folder, adapters),
    options: { gpu: "off", threads: 1 },
    digest: (path) => modelDigest(modelAt(path)),
    twinlensVersion: "0",
    journal: null,
    signal: stop.signal,
    listener: {
      onResult(found) {
        last = parseResult(serializeResult(found));
        if ((found.cells[0]?.readaptation?.trainings.length ?? 0) >= after) stop.abort();
      },
      onProgress: () => undefined,
      onWarning: (message) => expect(message).toBe(""),
      onFailure: (what, error) => expect(`${what}: ${error.message}`).toBe(""),
    },
  }).catch((error: unknown) => {
    if (last !== null && error instanceof EngineError && error.code === "Cancelled") return last;
    throw error;
  });
}

const trainingsOf = ({ cells }: StudyResult) => cells[0]!.readaptation!.trainings;

describe("re-adaptation in a study", () => {
  it("trains both models alike, an adapter and all weights, and shows what came of it", async () => {
    const result = await measure("whole", null);
    const trainings = trainingsOf(result);
    expect(trainings.map(({ stage, weights }) => [stage, weights])).toEqual([
      ["base", "lora"],
      ["base", "all"],
      ["rlhf", "lora"],
      ["rlhf", "all"],
    ]);
    for (const { report, curve, trainLoss, file, chosenStep, ...settings } of trainings) {
      expect(settings).toMatchObject({
        ...(settings.weights === "all" ? { rank: null, alpha: null } : { rank: 8, alpha: 16 }),
        learningRate: FILE.readaptation.learningRate[settings.weights],
        ...{ steps: 4, interval: 2, windowsPerStep: 2, window: 96, seed: 1 },
      });
      expect(report.tokens).toEqual(trainings[0]!.report.tokens);
      expect(curve.map(({ step }) => step)).toEqual([0, 2, 4]);
      expect(trainLoss).toHaveLength(4);
      expect(curve.at(-1)!.report).toBeLessThan(curve[0]!.report);
      expect(chosenStep).toBe(4);
      expect(existsSync(join(folder, "whole", file!))).toBe(true);
    }
    const { figures } = studyReport(result, null);
    expect(figures.map(({ id }) => id)).toEqual(["readaptation-1", "readaptation-curves-1"]);
    expect(figures[0]!.subject[0]).toMatch(
      new RegExp(`: ${trainings[0]!.report.tokens.length} documents of 1 corpus$`),
    );
  });

  it("names no file that is not kept", async () => {
    const [training] = trainingsOf(await measure(null, null, 1));
    expect(training!.chosenStep).toBeGreaterThan(0);
    expect(training!.file).toBeNull();
  });

  it("goes on after what was trained", async () => {
    const part = await measure("parts", null, 1);
    expect(trainingsOf(part)).toHaveLength(1);
    const whole = await measure("parts", part);
    expect(trainingsOf(whole)[0]).toEqual(trainingsOf(part)[0]);
    expect(trainingsOf(whole)).toHaveLength(4);
    expect(whole.cells[0]!.isComplete).toBe(true);
  });
});
