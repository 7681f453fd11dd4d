import { expect, it } from "vitest";
import { parseStudy } from "../../src/formats/study/parseStudy";
import { resolveStudy } from "../../src/formats/study/resolveStudy";
import type { Corpus } from "../../src/formats/study/study";
import type { ResultCell } from "../../src/formats/study/studyResult";
import type { Measure } from "../../src/formats/study/studySchema";
import { emptyCell } from "../../src/jobs/study/cells";
import { writersOf } from "../../src/jobs/study/samples/writers";
import { cellViews, countMeasured, type RunNow } from "../../src/server/studies/cellViews";
import { pairInUse, type StudyFiles } from "../../src/server/studies/readFiles";
import { configurationOf } from "../support/serverClient";
import { promptRow } from "../support/studySamples";

const pair = pairInUse(configurationOf({ base: "/base.gguf", rlhf: "/rlhf.gguf" }));
const study = resolveStudy(
  parseStudy("version: 1\ncorpora: [{ name: a, paths: a.txt }, { name: b, paths: b.txt }]"),
  "two",
  pair,
  (path) => path,
);
const [corpusA, corpusB] = study.corpora.map((corpus) => ({
  corpus,
  files: [],
  read: { documents: 4, bytes: 8, sha256: "", files: 1, isCut: false, sources: [], skipped: [] },
  warnings: [],
}));
const cellOf = (corpus: typeof corpusA, measure: Measure, more: Partial<ResultCell> = {}) => ({
  ...emptyCell(study, pair, corpus!, measure, new Map()),
  ...more,
});

const adaptedTo = (corpus: Corpus): Corpus => ({
  ...corpus,
  measures: [...corpus.measures, "probes", "readaptation"],
});
const at = { study, folder: "/", resultFile: "/two.twinlens-results.json" };
const filesWith = (cells: ResultCell[]): StudyFiles => ({
  at,
  result: { format: "twinlens-study-results", version: 1, twinlensVersion: "", study: "", cells },
});
const idle: RunNow = { isRunning: false, kept: new Set(), failures: new Map() };
const kinds = (files: StudyFiles, run = idle) => cellViews(files, run).map(({ state }) => state);

it("a study without results waits everywhere, in the order of its file", () => {
  const views = cellViews({ at, result: null }, idle);
  expect(views.map(({ model, corpus, measure }) => [model, corpus, measure].join())).toEqual(
    ["a", "b"].flatMap((corpus) =>
      study.corpora[0]!.measures.map((measure) => `test,${corpus},${measure}`),
    ),
  );
  expect(views.every(({ state }) => state.kind === "waiting")).toBe(true);
});

it("what runs is one corpus, given text before own; what was interrupted shows how far it came", () => {
  const done = cellOf(corpusA, "perplexity", { isComplete: true });
  const fresh = cellOf(corpusA, "concentration", { isComplete: true });
  const half = cellOf(corpusA, "calibration", { measured: 2 });
  const cells = [done, fresh, half, cellOf(corpusA, "own"), cellOf(corpusB, "perplexity")];
  const run = { ...idle, isRunning: true, kept: new Set([done]) };
  const states = [
    { kind: "cached" },
    { kind: "done" },
    { kind: "running", fraction: 0.5 },
    { kind: "waiting" },
    { kind: "waiting" },
  ];
  expect(kinds(filesWith(cells), run).slice(0, 5)).toEqual(states);
  expect(countMeasured(cellViews(filesWith(cells), run))).toBe(2);
  const later = [done, fresh, { ...half, isComplete: true }, ...cells.slice(3)];
  expect(kinds(filesWith(later), run)[3]).toEqual({ kind: "running", fraction: null });
  expect(kinds(filesWith(later))[3]).toEqual({ kind: "waiting" });
});

it("after given texts one measure runs at a time, in the order in which a pair's are measured", () => {
  const measures = ["own", "probes", "readaptation"] as const;
  const cells = [cellOf(corpusA, "perplexity"), ...measures.map((of) => cellOf(corpusA, of))];
  const at = {
    ...filesWith(cells).at!,
    study: { ...study, corpora: [adaptedTo(corpusA!.corpus)] },
  };
  const running = (known: ResultCell[]) =>
    cellViews({ at, result: filesWith(known).result }, { ...idle, isRunning: true })
      .filter(({ state }) => state.kind === "running")
      .map(({ measure }) => measure);
  const done = (count: number) => cells.map((cell, i) => ({ ...cell, isComplete: i < count }));
  expect(cells.map((_, i) => running(done(i)))).toEqual([
    ["perplexity"],
    ["own"],
    ["probes"],
    ["readaptation"],
  ]);
});

it("what failed says why, and leaves what was measured before", () => {
  const done = cellOf(corpusA, "perplexity", { isComplete: true });
  const failures = new Map([["a", "a.txt is gone."]]);
  const states = kinds(filesWith([done, cellOf(corpusB, "perplexity")]), {
    ...idle,
    isRunning: true,
    failures,
  });
  expect(states[0]).toEqual({ kind: "done" });
  expect(states[1]).toEqual({ kind: "failed", reason: "a.txt is gone." });
  const next = study.corpora[0]!.measures.length;
  expect(states[next]).toEqual({ kind: "running", fraction: null });
});

it("results without a study show what is in them", () => {
  const { result } = filesWith([cellOf(corpusB, "perplexity", { measured: 1 })]);
  expect(cellViews({ at: null, result }, idle)).toEqual([
    {
      model: "test",
      corpus: "b",
      measure: "perplexity",
      state: { kind: "running", fraction: 0.25 },
    },
  ]);
});

it("the embedded pair is called as on the command line, so that results of both are the same", () => {
  const configuration = configurationOf({ base: "/base.gguf" });
  const embedded = { ...configuration, pair: { ...configuration.pair, name: "Embedded pair" } };
  expect(pairInUse(embedded)).toEqual({
    name: "embedded pair",
    stages: [{ name: "base", path: "/base.gguf", adapter: null }],
  });
});

it("prompts have samples alone, and samples from elsewhere stand behind the pairs", () => {
  const text =
    "version: 1\ncorpora: [{ name: a, paths: a.txt }]\nprompts: [{ name: q, path: q.txt }]\n" +
    "recorded: [{ name: r, path: r.jsonl }]\nmeasures: [samples, perplexity]\n";
  const sampled = resolveStudy(parseStudy(text), "sampled", pair, (path) => path);
  const place = {
    name: "q",
    category: "other",
    standsFor: null,
    part: null,
    measures: ["samples"],
  } as const;
  const read = { ...corpusA!.read, documents: 2 };
  const cell = {
    ...emptyCell(sampled, pair, { corpus: place, read }, "samples", new Map()),
    writers: writersOf(pair, { ...sampled.samples, sweep: [] }, 1),
    samples: [promptRow("base, p 0.7", 0), promptRow("base, p 0.7", 1)],
  };
  const files = { at: { ...at, study: sampled }, result: filesWith([cell]).result };
  const failures = new Map([["r", "r.jsonl is gone."]]);
  const views = cellViews(files, { ...idle, isRunning: true, failures });
  expect(views.map(({ model, corpus, measure }) => [model, corpus, measure].join())).toEqual([
    "test,a,perplexity",
    "test,q,samples",
    "r,r,samples",
  ]);
  // Half of what both models draw; scoring and chance are a tenth of the work.
  expect(views.map(({ state }) => state)).toEqual([
    { kind: "waiting" },
    { kind: "running", fraction: 0.45 },
    { kind: "failed", reason: "r.jsonl is gone." },
  ]);
});

it("samples from elsewhere are measured before what the pairs are for", () => {
  const text =
    "version: 1\ncorpora: [{ name: a, paths: a.txt }]\nrecorded: [{ name: r, path: r.jsonl }]\n" +
    "measures: [samples, perplexity]\n";
  const both = resolveStudy(parseStudy(text), "both", pair, (path) => path);
  const given = cellOf(corpusA, "perplexity");
  const theirs = { ...given, pair: "r", corpus: "r", measure: "samples" as const };
  const now = (cells: ResultCell[]) =>
    kinds(
      { at: { ...at, study: both }, result: filesWith(cells).result },
      { ...idle, isRunning: true },
    );
  const running = { kind: "running", fraction: null };
  expect(now([given, theirs])).toEqual([{ kind: "waiting" }, running]);
  expect(now([given, { ...theirs, isComplete: true }])).toEqual([running, { kind: "done" }]);
});
