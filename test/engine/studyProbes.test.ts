/** The measure `probes` on the embedded pair, held against itself after interruptions. */
import { readFileSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineError } from "../../src/engine/errors";
import { Engines } from "../../src/engine/local/engines";
import { modelAt, modelDigest } from "../../src/engine/modelFiles";
import type { Pair } from "../../src/formats/study/study";
import { parseStudy } from "../../src/formats/study/parseStudy";
import { resolveStudy } from "../../src/formats/study/resolveStudy";
import {
  parseResult,
  serializeResult,
  type StudyResult,
} from "../../src/formats/study/studyResult";
import { startAnalyser } from "../../src/jobs/runs/workerClient";
import { runStudy } from "../../src/jobs/study/runStudy";
import type { StudyRequest } from "../../src/jobs/study/studyWork";
import { ROLES } from "../../src/protocol/roles";
import { folderWith } from "../support/folders";
import { testPair } from "../support/models";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

/** The pair whose RLHF model repeats itself, and one that is read within no time. */
const EMBEDDED = {
  name: "embedded pair",
  stages: ROLES.map((name) => ({ name, ...withoutAdapter(resolve(`models/twin-${name}.gguf`)) })),
};
const made = testPair();
const TINY = {
  name: "tiny pair",
  stages: ROLES.map((name) => ({ name, ...withoutAdapter(made[name]) })),
};
const story = readFileSync("sample/night-ferry.md", "utf8").replace(/\s+/gu, " ").split(" ");
const parts = Array.from({ length: 12 }, (_, i) => story.slice(20 * i, 20 * i + 60).join(" "));

const folder = folderWith({
  "prompts.txt": ["Can you help me?", "Please help me.", "Who are you?", "Help!"].join("\n"),
  "tales.txt": parts.join("\n"),
});
const engines = new Engines({ script: resolve("dist/engine.mjs") });
afterAll(() => {
  engines.dispose();
  rmSync(dirname(folder), { recursive: true, force: true });
});

const PROMPTS = { prompts: [{ name: "questions", path: "prompts.txt" }] };
const CORPORA = { corpora: [{ name: "tales", paths: "tales.txt", lines: true }] };
const PROBES = { texts: 48, samples: 6, tokens: 24, layers: "one", ahead: [1, 2] };

interface Measuring {
  readonly known?: StudyResult;
  readonly after?: number;
}

/** @param after how many times there may be more in the result before the work is cancelled */
async function measure(
  pair: Pair,
  places: object,
  { known, after = Infinity }: Measuring = {},
): Promise<StudyResult> {
  const file = { version: 1, measures: ["probes"], probes: PROBES, ...places };
  const stop = new AbortController();
  let last: StudyResult | null = null;
  let times = 0;
  const request: StudyRequest = {
    study: resolveStudy(parseStudy(JSON.stringify(file)), "s", pair, (path) => path),
    folder,
    known: known ?? null,
    measures: ["probes"],
    engines,
    startAnalyser: () => startAnalyser(resolve("dist/alignment.mjs")),
    runsFolder: null,
    adaptersFolder: null,
    options: { gpu: "off", threads: 1 },
    digest: (model) => modelDigest(modelAt(model)),
    twinlensVersion: "0",
    journal: null,
    signal: stop.signal,
    listener: {
      onResult(found) {
        last = parseResult(serializeResult(found));
        if (++times > after) stop.abort();
      },
      onProgress: () => undefined,
      onWarning: (message) => expect(message).toBe(""),
      onFailure: (what, error) => expect(`${what}: ${error.message}`).toBe(""),
    },
  };
  return runStudy(request).catch((error: unknown) => {
    if (last !== null && error instanceof EngineError && error.code === "Cancelled") return last;
    throw error;
  });
}

const cellOf = (result: StudyResult, corpus: string) =>
  result.cells.find((cell) => cell.corpus === corpus)!;

describe("a study of probes", () => {
  let whole: StudyResult;
  beforeAll(async () => (whole = await measure(TINY, { ...PROMPTS, ...CORPORA })));

  it("has each model read what it wrote, and what the other did", () => {
    for (const corpus of ["questions", "tales"]) {
      const { probes, isComplete, models } = cellOf(whole, corpus);
      expect(isComplete).toBe(true);
      expect(models.map(({ stage }) => stage)).toEqual(["base", "rlhf"]);
      const readings = probes!.texts.map(({ writer, reader }) => `${writer} read by ${reader}`);
      expect(readings).toEqual([
        "base read by base",
        "rlhf read by rlhf",
        "rlhf read by base",
        "base read by rlhf",
      ]);
    }
  });

  it("draws as many texts as it says, of prompts and of beginnings", () => {
    expect(cellOf(whole, "questions").probes!.drawn).toHaveLength(2 * 4 * 6);
    expect(cellOf(whole, "tales").probes!.drawn).toHaveLength(2 * 12 * 4);
  });

  it.each([3, 150])(
    "is the same to the last byte when it was cancelled after %i",
    async (after) => {
      const places = { ...PROMPTS, ...CORPORA };
      const known = await measure(TINY, places, { after });
      expect(known).not.toEqual(whole);
      expect(serializeResult(await measure(TINY, places, { known }))).toBe(serializeResult(whole));
    },
  );
});

describe("anchors of what a model writes", () => {
  it("are looked for in samples of prompts alone", async () => {
    const probes = { ...PROBES, samples: 10, tokens: 48 };
    const result = await measure(EMBEDDED, { ...PROMPTS, probes });
    const { anchors, texts } = cellOf(result, "questions").probes!;
    const count = (place: string) =>
      anchors
        .filter((row) => row.place === place && row.stage === "rlhf")
        .flatMap(({ positions }) => positions.flat())
        .reduce((sum, each) => sum + each, 0);
    // The RLHF model says "I'm happy to help" again and again.
    expect(count("before")).toBeGreaterThan(0);
    expect(count("inside")).toBeGreaterThan(0);
    expect(count("outside")).toBeGreaterThan(0);
    for (const { hits, controlHits, positions } of anchors) {
      expect(positions).toHaveLength(texts[0]!.report.units.length);
      positions.forEach((bins, unit) =>
        bins.forEach((there, bin) => {
          expect(hits[unit]![bin]).toBeLessThanOrEqual(there);
          expect(controlHits[unit]![bin]).toBeLessThanOrEqual(there);
        }),
      );
    }
  });
});
