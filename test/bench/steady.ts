/**
 * How far a text's scores depend on how they came about, on an idle and on a busy machine: the largest difference in bits
 * between any two conditions, over all tokens that both have scored. Then the samples that change with the width.
 *
 *     [MODEL=/path/to/model.gguf] npm run bench -- steady
 *
 * A quantised model (SmolLM2-135M-Instruct in Q4_1, for instance) amplifies any change of arithmetic.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { startEngine } from "../../src/engine/local/client";
import type { LoadOptions, Sample, ScoringModel } from "../../src/engine/engine";
import { scoreText, type ScoreTextRequest } from "../../src/jobs/scoring/scoreText";
import type { TextScores } from "../../src/protocol/textScores";
import { median, printTable } from "./table";

const path = process.env.MODEL ?? "models/twin-rlhf.gguf";
const CHARACTERS = 1400;
const SETTINGS = { mode: "strided", window: 256, stride: 128, maxWindows: 0, bos: "auto" } as const;
const LOAD = {
  gpu: "off",
  window: 256,
  batch: 64,
  threads: 1,
  windowMemoryBytes: 2 ** 26,
} as const;
const BUSY_PROCESSES = 6;
const WIDTHS = [1, 3, 8, 12] as const;
const SAMPLES = 12;
const EDITS = 9;

const text = readFileSync("sample/night-ferry.md", "utf8").slice(0, CHARACTERS);
const engine = startEngine({ script: "dist/engine.mjs", onLog: () => undefined });
const load = async (options: LoadOptions) =>
  engine.prepareScoring(await engine.load(path, options));

type Work = (model: ScoringModel) => Promise<TextScores>;
const scored = (model: ScoringModel, part = text, options: Partial<ScoreTextRequest> = {}) =>
  scoreText({
    engine,
    model,
    text: part,
    settings: SETTINGS,
    distribution: { topK: 0 },
    ...options,
  });

/** Each scores the text, or part of it, with a model that is loaded for it alone. */
const CONDITIONS: readonly (readonly [string, Partial<LoadOptions>, Work])[] = [
  ["whole, batch 64", {}, (model) => scored(model)],
  ["batch measured", { batch: 0 }, (model) => scored(model)],
  ["batch 32", { batch: 32 }, (model) => scored(model)],
  ["batch 100", { batch: 100 }, (model) => scored(model)],
  ["batch 512", { batch: 512 }, (model) => scored(model)],
  ["two threads", { threads: 2 }, (model) => scored(model, text.slice(0, 500))],
  ["one sequence", { windowMemoryBytes: 0 }, (model) => scored(model)],
  ["a sentence alone", {}, (model) => scored(model, text.slice(0, 180))],
  ["a third alone", {}, (model) => scored(model, text.slice(0, 800))],
  ["two windows", {}, (model) => scored(model, text, { settings: { ...SETTINGS, maxWindows: 2 } })],
  [
    "a selection",
    {},
    (model) => scored(model, text, { range: { start: 1200, endExclusive: 1300 } }),
  ],
  ["edits in turn", {}, edited],
  ["cancelled, then the rest", {}, resumed],
];

async function edited(model: ScoringModel): Promise<TextScores> {
  let previous = await scored(model, text.slice(0, 900));
  for (const end of [300, 301, 305, 1200, 1204]) {
    previous = await scored(model, text.slice(0, end), { previous });
  }
  await scored(model, `Another text. ${text}`);
  return scored(model, text, { previous });
}

async function resumed(model: ScoringModel): Promise<TextScores> {
  const stop = new AbortController();
  const options = { signal: stop.signal, onProgress: () => stop.abort() };
  return scored(model, text, { previous: await scored(model, text, options) });
}

/** By condition, each token's bits; NaN: not scored, or another token. */
async function scoreAll(): Promise<Map<string, Float64Array>> {
  const found = new Map<string, Float64Array>();
  let ids: Int32Array | null = null;
  for (const [name, options, work] of CONDITIONS) {
    const model = await load({ ...LOAD, ...options });
    const { columns } = await work(model);
    await engine.unload(model.id);
    ids ??= columns.id;
    const bits = columns.logProbability.map((p) => -p / Math.LN2);
    const other = columns.id.findIndex((id, i) => id !== ids![i]);
    found.set(name, other < 0 ? bits : bits.subarray(0, other));
  }
  return found;
}

/** Over all tokens that both have scored, bits. */
function largestDifference(a: Float64Array, b: Float64Array): number {
  const differences = a.subarray(0, b.length).map((bits, i) => Math.abs(bits - b[i]!));
  return differences.reduce((largest, d) => Math.max(largest, d || 0), 0);
}

async function draw(width: number): Promise<string[]> {
  const model = await load(LOAD);
  const prompt = await engine.tokenizePrompt(model.id, [{ text: "The fox", parseSpecial: false }]);
  const samples = Array.from({ length: SAMPLES }, (_, i) => i);
  const sampler = { temperature: 1, topK: 0, topP: 0.9, minP: 0 };
  const drawn: Sample[] = [];
  await engine.sample(
    { model: model.id, prompt, samples, width, maxTokens: 20, seed: 1, sampler },
    (sample) => drawn.push(sample),
  );
  await engine.unload(model.id);
  return drawn.toSorted((a, b) => a.index - b.index).map((sample) => sample.text);
}

/** Milliseconds to score a text of one window again after a word was typed at its end. */
async function editTimes(): Promise<number[]> {
  const model = await load({ ...LOAD, batch: 0 });
  const times: number[] = [];
  let typed = text.slice(0, 800);
  let previous = await scored(model, typed);
  for (let i = 0; i < EDITS; i++) {
    typed += " word";
    const start = performance.now();
    previous = await scored(model, typed, { previous });
    times.push(performance.now() - start);
  }
  await engine.unload(model.id);
  return times;
}

function makeBusy(): ChildProcess[] {
  return Array.from({ length: BUSY_PROCESSES }, () =>
    spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
}

const model = await load(LOAD);
console.log(
  `${model.facts.name} (${model.facts.quantisation}), ${model.facts.attention} attention\n`,
);
await engine.unload(model.id);

const edits = await editTimes();
const idle = await scoreAll();
const samples: string[][] = [];
for (const width of WIDTHS) samples.push(await draw(width));
const processes = makeBusy();
const busy = await scoreAll().finally(() => processes.forEach((child) => child.kill()));

const all = [...idle, ...busy].map(([, bits]) => bits);
printTable(
  ["condition", "largest difference to any other, bits", "the same, busy"],
  CONDITIONS.map(([name]) => [
    name,
    ...[idle, busy].map((found) =>
      Math.max(...all.map((other) => largestDifference(found.get(name)!, other))).toFixed(6),
    ),
  ]),
);
const changed = samples[0]!.filter((first, i) => samples.some((drawn) => drawn[i] !== first));
console.log(
  `\n${changed.length} of ${SAMPLES} samples change with the width (${WIDTHS.join(", ")}).`,
);
console.log(`Scored again after an edit at the end: ${median(edits).toFixed(0)} ms.`);
engine.dispose();
process.exit(0);
