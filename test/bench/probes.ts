/**
 * Probes of hidden states: time, memory of the engine beside what it had before, and how many predictions are those of a solver in
 * 64-bit floats (numpy, where there is one). States are invented: most dimensions are nearly sums of others, some are far larger.
 * With MODEL (a path) also probes of its states as it reads this project's documents, and a Future Lens.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setInterval } from "node:timers";
import { type Generator, seededRandom } from "../../src/analysis/statistics/random";
import type { LoadedModel } from "../../src/engine/engine";
import type { FittedProbe, ProbeRows, RidgeRequest } from "../../src/engine/probes";
import type { StatesFile } from "../../src/engine/states";
import { LOAD, startTestEngine } from "../support/engine";
import { folderWith } from "../support/folders";
import { testModel } from "../support/models";
import { normals } from "../support/random";
import { writeStates } from "../support/states";
import { childrenOf, privateMegabytes } from "./processMemory";
import { printTable } from "./table";

const ROWS = Number(process.env["BENCH_ROWS"] ?? 100_000);
const DIMENSIONS = 576;
const CLASSES = 5000;
const LAMBDAS = [1, 10, 100, 1000, 10_000];
const AHEAD = [1, 2, 3];
/** Rows that are predicted by the reference as well. */
const COMPARED = 10_000;
const CAUSES = 32;
/** Rows that a lens decodes for each distance. */
const TESTED = 20_000;
const MODEL = process.env["MODEL"];
const READ = Number(process.env["BENCH_TOKENS"] ?? 20_000);
const WINDOW = 512;
const TEXTS = ["README", "ARCHITECTURE", "CONTRIBUTING", "CHANGELOG", "docs/definitions"].map(
  (name) => `${name}.md`,
);
const POLL_MS = 50;
/** Rows behind a row that belong to it. */
const FARTHEST = 4;

const folder = folderWith({});
const engine = startTestEngine();

const rows = [await ridgeRow("invented states", await inventedRequest())];
const real = MODEL === undefined ? null : await statesOf(MODEL);
if (real) rows.push(await ridgeRow("states of MODEL", ridgeOf(real)));
printTable(
  ["ridge", "rows", "classes", "seconds (bar 30)", "MB (bar 600)", "as in 64 bits (bar 0.999)"],
  rows,
);
if (real)
  printTable(["lens", "rows", "seconds (bar 150)", "MB (bar 600)", "right"], [await lensRow(real)]);
rmSync(folder, { recursive: true });
process.exit(0);

async function ridgeRow(name: string, request: RidgeRequest): Promise<(string | number)[]> {
  const { result, seconds, megabytes } = await measured(() => engine.fitRidge(request));
  const equal = equalShares(request, result);
  return [
    name,
    request.states.rows,
    request.classes,
    seconds.toFixed(1),
    megabytes.toFixed(0),
    equal,
  ];
}

async function lensRow({
  model,
  states,
  parts,
  ids,
  firstChoice,
}: RealStates): Promise<(string | number)[]> {
  const { fit, choose, report } = parts;
  const tested = Uint32Array.from({ length: TESTED }, (_, i) => report[i % report.length]!);
  const request = {
    model: model.id,
    states,
    layer: states.layers[0]!,
    rows: { fit, choose: choose.subarray(0, 1000), report: tested },
    lambdas: LAMBDAS,
    ahead: AHEAD,
    targets: AHEAD.map((ahead) => later(ids, ahead + 1)),
    firstChoice,
  };
  const { result, seconds, megabytes } = await measured(() => engine.fitLens(request));
  const right = result.map(({ report: found }, i) => {
    const target = request.targets[i]!;
    const hits = found.filter((token, row) => token === target[tested[row]!]).length;
    return (hits / tested.length).toFixed(3);
  });
  return ["states of MODEL", TESTED, seconds.toFixed(1), megabytes.toFixed(0), right.join(" ")];
}

/** What a call takes. */
async function measured<T>(
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly seconds: number; readonly megabytes: number }> {
  const memory = () => Math.max(...childrenOf(process.pid).map(privateMegabytes));
  const before = memory();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, memory())), POLL_MS);
  const start = performance.now();
  const result = await run();
  clearInterval(timer);
  return { result, seconds: (performance.now() - start) / 1000, megabytes: peak - before };
}

/** Three of five rows to fit, one to choose, one to report. */
function partsOf(rows: Uint32Array): ProbeRows {
  const part = (start: number, end: number) => rows.slice(start * rows.length, end * rows.length);
  return { fit: part(0, 0.6), choose: part(0.6, 0.8), report: part(0.8, 1) };
}

async function inventedRequest(): Promise<RidgeRequest> {
  const model = await engine.load(testModel(), LOAD);
  const random = seededRandom(1);
  const { values, causes } = inventedStates(random);
  return {
    model: model.id,
    states: writeStates(join(folder, "invented.bin"), { 26: values }, DIMENSIONS),
    layer: 26,
    rows: partsOf(Uint32Array.from({ length: ROWS }, (_, row) => row)),
    lambdas: LAMBDAS,
    classes: CLASSES,
    targets: AHEAD.map((ahead) => futureOf(causes, ahead, 1 / (1 + ahead), random)),
  };
}

interface RealStates {
  readonly model: LoadedModel;
  readonly states: StatesFile;
  readonly parts: ProbeRows;
  /** Tokens, by row of the file. */
  readonly ids: Int32Array;
  readonly firstChoice: Int32Array;
}

/** States of the model's layer for probes and of its last one, as it reads this project's own documents. */
async function statesOf(path: string): Promise<RealStates> {
  const model = await engine.load(path, { ...LOAD, batch: 256, threads: 0 });
  const text = TEXTS.map((name) => readFileSync(name, "utf8")).join("\n");
  const { id } = await engine.tokenize(model.id, text);
  const count = Math.floor(Math.min(id.length, READ) / WINDOW);
  const ids = id.slice(0, count * WINDOW);
  const windows = Array.from({ length: count }, (_, i) => ({
    tokens: ids.slice(i * WINDOW, (i + 1) * WINDOW),
    start: 0,
  }));
  const choices: Int32Array[] = [];
  const states = await engine.states(
    {
      model: model.id,
      windows,
      layers: [Math.floor(0.875 * model.shape.layers), model.shape.layers],
      path: join(folder, "real.bin"),
    },
    ({ firstChoice }) => choices.push(firstChoice),
  );
  const usable = Uint32Array.from(ids.keys()).filter((row) => (row % WINDOW) + FARTHEST < WINDOW);
  const firstChoice = Int32Array.from(choices.flatMap((some) => [...some]));
  return { model, states, parts: partsOf(usable), ids, firstChoice };
}

/** Probes of real states for the tokens that the rows to fit have seen, numbered as they come. */
function ridgeOf({ model, states, parts, ids }: RealStates): RidgeRequest {
  const numbers = new Map<number, number>();
  for (const row of parts.fit) {
    for (const ahead of AHEAD) {
      const token = ids[row + ahead + 1]!;
      if (!numbers.has(token)) numbers.set(token, numbers.size);
    }
  }
  const targets = AHEAD.map((ahead) =>
    later(ids, ahead + 1).map((token) => numbers.get(token) ?? -1),
  );
  const [layer] = states.layers;
  const classes = numbers.size;
  return {
    model: model.id,
    states,
    layer: layer!,
    rows: parts,
    lambdas: LAMBDAS,
    classes,
    targets,
  };
}

/** What stands so many rows later; nothing (-1) at the end. */
function later(ids: Int32Array, rows: number): Int32Array {
  return ids.map((_, row) => ids[row + rows] ?? -1);
}

/** Sums of a few causes with a little noise; two dimensions are as large as those of real models. */
function inventedStates(random: Generator): { values: Float32Array; causes: Float32Array } {
  const mixture = normals(CAUSES * DIMENSIONS, 1, random);
  const causes = normals(CAUSES * ROWS, 1, random);
  const values = new Float32Array(ROWS * DIMENSIONS);
  for (let row = 0; row < ROWS; row++) {
    const state = values.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS);
    for (let i = 0; i < DIMENSIONS; i++) state[i] = (random() - 0.5) / 5;
    for (let k = 0; k < CAUSES; k++) {
      const cause = causes[row * CAUSES + k]!;
      for (let i = 0; i < DIMENSIONS; i++) state[i]! += cause * mixture[k * DIMENSIONS + i]!;
    }
    state[5] = 50 + state[5]!;
    state[6]! *= 50;
  }
  return { values, causes };
}

/** Classes as rare as words are, that follow from a cause in a share of the rows. */
function futureOf(
  causes: Float32Array,
  cause: number,
  share: number,
  random: Generator,
): Int32Array {
  return Int32Array.from({ length: ROWS }, (_, row) => {
    const follows = random() < share;
    const position = follows ? 1 / (1 + Math.exp(-2 * causes[row * CAUSES + cause]!)) : random();
    return Math.floor(CLASSES * position ** 5);
  });
}

/** Share of the first rows of `report` in which a solver in 64-bit floats predicts the same. */
function equalShares(
  { states, rows, targets, classes }: RidgeRequest,
  found: readonly FittedProbe[],
): string {
  const report = rows.report.subarray(0, COMPARED);
  const shares = targets.map((target, i) => {
    const numbers = { fit: rows.fit, report, target };
    const files = Object.entries(numbers).map(([name, values]) => {
      const path = join(folder, name);
      writeFileSync(path, values);
      return [name, path];
    });
    const input = {
      ...(Object.fromEntries(files) as Record<string, string>),
      states: states.path,
      rows: states.rows,
      dimensions: states.dimensions,
      place: 0,
      classes,
      lambda: found[i]!.lambda,
    };
    const reference = spawnSync("python3", ["test/support/ridgeReference.py"], {
      input: JSON.stringify(input),
      maxBuffer: 2 ** 24,
    });
    if (reference.status !== 0) return "no numpy";
    const expected = new Int32Array(Uint8Array.from(reference.stdout).buffer);
    const equal = expected.filter((label, row) => label === found[i]!.report[row]).length;
    return (equal / report.length).toFixed(4);
  });
  return shares.join(" ");
}
