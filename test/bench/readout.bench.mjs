// Time of the readout, of a log-probability alone and of a nucleus draw, one row on one thread: `node esbuild.mjs && node test/bench/readout.bench.mjs`.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const bundle = await build({
  stdin: {
    contents: 'export * from "./src/engine/child/readout/readout"',
    resolveDir: process.cwd(),
  },
  bundle: true,
  write: false,
  format: "esm",
});
const { createReadout } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`
);
const wasm = readFileSync("dist/readout.wasm");

const TOP_K = 10;
const NUCLEUS = { temperature: 1, topK: 0, topP: 0.9, minP: 0 };
const ROUNDS = 9;

for (const vocabularySize of [4096, 32000, 50257, 151936, 262144]) {
  for (const [name, logits] of Object.entries(shapes(vocabularySize))) {
    const readout = createReadout(wasm, vocabularySize, 4);
    for (let row = 0; row < 4; row++) readout.rows.set(logits(row), row * vocabularySize);
    const columns = makeColumns();
    const token = vocabularySize >> 1;
    const alone = { ...columns, distribution: null };
    const times = Object.entries({
      readout: (row) => readout.reduce(row, token, columns, 0),
      "log-probability alone": (row) => readout.reduce(row, token, alone, 0),
      draw: (row) => readout.draw(row, NUCLEUS, 0.37, columns.distribution, 0),
    }).map(([what, call]) => `${what} ${format(microseconds(call))} µs`);
    console.log(`${String(vocabularySize).padStart(6)}  ${name.padEnd(16)} ${times.join(", ")}`);
  }
}

/** Processor microseconds per call: lower quartile of some rounds of about 20 ms each. */
function microseconds(call) {
  let perRound = 1;
  while (round(call, perRound) < 20_000) perRound *= 2;
  const times = Array.from({ length: ROUNDS }, () => round(call, perRound) / perRound);
  return times.sort((a, b) => a - b)[ROUNDS >> 2];
}

/** Processor time, not wall time: other programs' time does not count. */
function round(call, count) {
  const start = process.cpuUsage();
  for (let i = 0; i < count; i++) call(i & 3);
  return process.cpuUsage(start).user;
}

function shapes(size) {
  return {
    "normal, sd 1": (seed) => normals(size, seed, 1),
    "normal, sd 0.1": (seed) => normals(size, seed, 0.1),
    "normal, sd 3": (seed) => normals(size, seed, 3),
    // A trained model's row: a wide bulk, and a few logits far above it.
    peaked: (seed) => {
      const row = normals(size, seed, 2.2);
      for (let rank = 1; rank <= 200; rank++) row[(rank * 7919) % size] = 14 - 1.7 * Math.log(rank);
      return row;
    },
    equal: () => new Float32Array(size).fill(1.5),
  };
}

function normals(size, seed, deviation) {
  let state = seed + 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length: size },
    () => deviation * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

function makeColumns() {
  const logProbability = new Float64Array(1);
  const distribution = {
    // What a draw writes as well.
    logProbability,
    rank: new Uint32Array(1),
    entropy: new Float32Array(1),
    coverage: new Uint32Array(1),
    concentration: new Uint16Array(13),
    topK: TOP_K,
    topId: new Int32Array(TOP_K),
    topLogProbability: new Float32Array(TOP_K),
  };
  return { logProbability, distribution };
}

function format(value) {
  return value.toFixed(1).padStart(7);
}
