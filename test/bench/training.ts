/**
 * Training: tokens a second, and the engine's memory beside what was estimated, for an adapter and for all weights. With TORCH (a
 * Python that has PyTorch) gradients are held against those that PyTorch finds in 64 bits. MODEL: a path in place of the embedded base model.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setInterval } from "node:timers";
import { Backend } from "../../src/engine/child/llama/backend";
import { openBuild } from "../../src/engine/child/llama/builds";
import { allThreads } from "../../src/engine/child/llama/context";
import { GgufHeader } from "../../src/engine/child/llama/ggufHeader";
import { loadModel } from "../../src/engine/child/llama/model";
import { architectureOf } from "../../src/engine/child/training/architecture";
import { Training } from "../../src/engine/child/training/training";
import { predictedIn, type TrainingWindow, type TrainRequest } from "../../src/engine/training";
import { LOAD, startTestEngine } from "../support/engine";
import { folderWith } from "../support/folders";
import { testModel } from "../support/models";
import { learnablePiece } from "../support/training";
import { childrenOf, privateMegabytes } from "./processMemory";
import { printTable } from "./table";

const MODEL = process.env["MODEL"] ?? "models/twin-base.gguf";
const TORCH = process.env["TORCH"];
const STEPS = Number(process.env["BENCH_STEPS"] ?? 16);
const LENGTH = 256;
const POLL_MS = 50;
const ADAPTER = { rank: 8, alpha: 16 } as const;

const folder = folderWith({});
if (TORCH === undefined) {
  printTable(
    ["trained", "tokens/s", "MB beside the model", "estimated MB", "ratio (bar 1.3)"],
    [await row("adapter", ADAPTER), await row("all weights", "all")],
  );
} else {
  const models = ["llama", "qwen2", "qwen3", "olmo2"].map((architecture) =>
    testModel({ name: `train-${architecture}`, architecture }),
  );
  const rows: (string | number)[][] = [];
  for (const path of [...models, MODEL]) {
    for (const weights of [ADAPTER, "all"] as const) rows.push(await gradientRow(path, weights));
  }
  printTable(["model", "trained", "parameters", "worst", "its difference (bar 0.001)"], rows);
}
rmSync(folder, { recursive: true });
process.exit(0);

async function row(name: string, weights: TrainRequest["weights"]): Promise<(string | number)[]> {
  const engine = startTestEngine();
  const loaded = await engine.load(MODEL, { ...LOAD, threads: 0 });
  const model = await engine.prepareScoring(loaded);
  const [child = 0] = childrenOf(process.pid);
  const text = readFileSync("docs/definitions.md", "utf8");
  const { id } = await engine.tokenize(model.id, text.repeat(20));
  const { bos } = model.vocabulary;
  const piece = (i: number) => {
    const length = LENGTH + (bos === null ? 1 : 0);
    const begun = bos === null ? [] : [bos];
    const tokens = Int32Array.from([...begun, ...id.subarray(i * LENGTH, i * LENGTH + length)]);
    return { tokens, scoredStart: 1 };
  };
  const request: TrainRequest = {
    model: model.id,
    weights,
    learningRate: 2e-4,
    weightDecay: 0,
    seed: 1,
    length: LENGTH,
    steps: Array.from({ length: STEPS }, (_, i) => [{ pieces: [piece(i)] }]),
    choose: [],
    report: [],
    interval: STEPS,
    out: join(folder, "out.gguf"),
    checkpoint: join(folder, "checkpoint"),
    modelSha256: null,
  };
  const before = privateMegabytes(child);
  let most = before;
  const poll = setInterval(() => (most = Math.max(most, privateMegabytes(child))), POLL_MS);
  let estimated = 0;
  let begun = 0;
  let ended = 0;
  await engine.train(request, (event) => {
    if (event.kind === "memory") estimated = event.bytes / 2 ** 20;
    if (event.kind !== "step") return;
    ended = performance.now();
    if (event.step === 1) begun = ended;
  });
  clearInterval(poll);
  engine.dispose();
  const tokens = (STEPS - 1) * LENGTH;
  const taken = most - before;
  return [
    name,
    ((tokens / (ended - begun)) * 1000).toFixed(0),
    taken.toFixed(0),
    estimated.toFixed(0),
    (taken / estimated).toFixed(2),
  ];
}

/** What the reference is given: a model, a window and gradients, as files. */
async function gradientRow(
  path: string,
  weights: TrainRequest["weights"],
): Promise<(string | number)[]> {
  const build = await openBuild("off", null, () => undefined);
  const { library } = build;
  const ready = new AbortController().signal;
  const model = await loadModel(build, path, () => undefined, ready);
  const header = GgufHeader.ofModel(library, path);
  const backend = Backend.processor(library, allThreads());
  const length = 64;
  const settings = { weights, length, learningRate: 1, weightDecay: 0, seed: 3 };
  const training = new Training(backend, model, header, settings);
  training.hold();
  await training.begin(backend, () => Promise.resolve());
  const { parameters } = training.trainable;
  const { bos } = model.vocabulary;
  const window: TrainingWindow = {
    pieces: [learnablePiece(40, 1, bos), learnablePiece(20, 2, bos)],
  };
  const read = (tensor: bigint, count: number) => {
    const values = new Float32Array(count);
    library.ggml_backend_tensor_get(tensor, values, 0, values.byteLength);
    return values;
  };
  for (const [name, { tensor, length: columns, height }] of parameters) {
    if (!name.endsWith(".lora_b")) continue;
    const values = Float32Array.from({ length: columns * height }, (_, i) => Math.sin(i) / 10);
    library.ggml_backend_tensor_set(tensor, values, 0, values.byteLength);
  }
  await training.descend(window, predictedIn(window.pieces));
  const tensors: Record<string, { shape: number[]; file: string }> = {};
  const put = (name: string, shape: number[], values: Float32Array) => {
    const file = join(folder, `${name}.bin`);
    writeFileSync(file, values);
    tensors[name] = { shape, file };
  };
  for (const [name, { tensor, length: columns, height }] of parameters) {
    const size = columns * height;
    put(name, [height, columns], read(tensor, size));
    put(
      `${name}.gradient`,
      [height, columns],
      read(training.optimiser.moments.get(name)!.gradient, size),
    );
  }
  for (const [name, { dimensions }] of header.tensors) {
    if (tensors[name]) continue;
    const [columns = 1, rows = 1] = dimensions;
    put(name, [rows, columns], read(training.weights.peek(name), columns * rows));
  }
  const given = {
    architecture: { name: model.architecture, ...architectureOf(model, header) },
    scale: weights === "all" ? 0 : weights.alpha / weights.rank,
    pieces: window.pieces.map(({ tokens }) => [...tokens]),
    tensors,
  };
  training.dispose();
  header.close();
  backend.dispose();
  const script = "test/support/gradientsReference.py";
  const input = JSON.stringify(given);
  const { stdout, stderr } = spawnSync(TORCH!, [script], { input, encoding: "utf8" });
  if (!stdout) throw new Error(stderr);
  const { worst, difference } = JSON.parse(stdout) as { worst: string; difference: number };
  const kind = weights === "all" ? "all weights" : "adapter";
  return [model.name, kind, parameters.size, worst, difference.toExponential(1)];
}
