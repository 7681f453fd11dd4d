/**
 * Time of scoring, as ratios measured in one run: readout on, and of log-probabilities alone, against off, and the engine against node-llama-cpp's own
 * evaluation. Each pair of measurements is taken in turn, the median of the pairs' ratios is printed.
 */
import { existsSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { getLlama, LlamaLogLevel, type LlamaContextSequence, type Token } from "node-llama-cpp";
import { openBuild } from "../../src/engine/child/llama/builds";
import { chooseAttention } from "../../src/engine/child/llama/attention";
import { allThreads, createContext, type Context } from "../../src/engine/child/llama/context";
import type { Library } from "../../src/engine/child/llama/library";
import type { DistributionRequest } from "../../src/engine/engine";
import { loadModel, type NativeModel } from "../../src/engine/child/llama/model";
import { WindowScorer } from "../../src/engine/child/llama/scorer";
import { tune } from "../../src/engine/child/llama/tuning";
import { createReadout, type Readout, rowsPerBlock } from "../../src/engine/child/readout/readout";
import { testModel } from "../support/models";
import { seededRandom } from "../../src/analysis/statistics/random";
import { median, printTable } from "./table";

interface Shape {
  readonly name: string;
  readonly path: string;
  readonly columns: readonly (string | number)[];
  /** Highest allowed ratio of readout on to off, and lowest allowed speed-ups over node-llama-cpp. */
  readonly bars: { readonly readout: number; readonly top10?: number; readonly whole?: number };
}

const WINDOW = 512;
/** 0: as the extension chooses. */
const THREADS = Number(process.env["BENCH_THREADS"] ?? 0);
const PAIRS = Number(process.env["BENCH_PAIRS"] ?? 5);
/** node-llama-cpp's evaluation of a whole distribution takes tens of milliseconds per token. */
const REFERENCE_TOKENS = 64;

const written = (
  name: string,
  [layers, embedding, feedForward, heads, kvHeads]: readonly [
    number,
    number,
    number,
    number,
    number,
  ],
  vocabulary: number,
  bars: Shape["bars"],
): Shape => ({
  name,
  path: testModel({
    name: `bench-${name}-${vocabulary}`,
    layers,
    embedding,
    feedForward,
    heads,
    kvHeads,
    context: 2048,
    type: "Q8_0",
    vocabulary: { kind: "byte", addBos: true, size: vocabulary },
  }),
  columns: [layers, embedding, feedForward, `${heads}/${kvHeads}`, vocabulary, "Q8_0"],
  bars,
});

const shapes: Shape[] = [
  written("tiny", [4, 128, 384, 4, 2], 50_257, { readout: 1.6, top10: 8, whole: 40 }),
  written("135M", [30, 576, 1536, 9, 3], 50_257, { readout: 1.15, top10: 1.8, whole: 7 }),
  written("135M", [30, 576, 1536, 9, 3], 151_936, { readout: 1.15 }),
  ...(existsSync("models/twin-base.gguf")
    ? [
        {
          name: "default pair",
          path: "models/twin-base.gguf",
          columns: ["as on the model card", "", "", "", "", ""],
          bars: { readout: 1.15 },
        },
      ]
    : []),
];

const build = await openBuild("auto", null, () => undefined);
const { library, device } = build;
console.log(
  `Scoring, windows of ${WINDOW} tokens, ${device}; medians of ${PAIRS} pairs of runs in turn.\n`,
);
const rows: (string | number)[][] = [];
for (const shape of shapes) rows.push(await measure(shape));
printTable(
  [
    "shape",
    "layers",
    "d",
    "ff",
    "heads",
    "vocabulary",
    "type",
    "threads",
    "off ms/token",
    "on ms/token",
    "on/off",
    "bar",
    "alone/off",
    "top 10",
    "bar",
    "whole",
    "bar",
  ],
  rows,
);
process.exit(0);

async function measure(shape: Shape): Promise<(string | number)[]> {
  const model = await loadModel(build, shape.path, () => undefined, new AbortController().signal);
  const context = createContext(library, model, {
    sequences: 1,
    tokensPerSequence: WINDOW,
    maxBatch: WINDOW,
    threads: allThreads(),
    attention: chooseAttention(library, device, model.headSize, false),
  });
  // As the extension decodes it; its batch stays out, so that all shapes are decoded in one.
  const given = { threads: THREADS, batch: WINDOW };
  const { threads } = tune(library, context, model, given, device !== "CPU");
  const vocabularySize = model.vocabulary.attributes.length;
  const readout = createReadout(
    readFileSync("dist/readout.wasm"),
    vocabularySize,
    rowsPerBlock(vocabularySize),
  );
  const random = seededRandom(1);
  const tokens = Int32Array.from({ length: WINDOW }, () =>
    Math.floor(random() * Math.min(vocabularySize, 30_000)),
  );
  // Off: the same decode with the same logits asked for, none of them copied or looked at. A log-probability of NaN would mean
  // that they are no distribution.
  const nothing: Readout["reduce"] = (_row, _token, rows, index) => {
    rows.logProbability[index] = 0;
  };
  const off = {
    library: { ...library, memcpy: () => 0n } as unknown as Library,
    readout: { ...readout, reduce: nothing },
  };
  const on = { library, readout };

  await score(on, model, tokens, context);
  const times: { off: number; on: number; alone: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    times.push({
      off: await score(off, model, tokens, context),
      on: await score(on, model, tokens, context),
      alone: await score(on, model, tokens, context, null),
    });
  }
  const onMs = median(times.map((t) => t.on)) / (WINDOW - 1);
  context.dispose();
  library.llama_model_free(model.handle);
  const reference = shape.bars.top10 === undefined ? null : await referenceMs(shape.path, tokens);
  return [
    shape.name,
    ...shape.columns,
    threads,
    (median(times.map((t) => t.off)) / (WINDOW - 1)).toFixed(3),
    onMs.toFixed(3),
    median(times.map((t) => t.on / t.off)).toFixed(3),
    `≤ ${shape.bars.readout}`,
    median(times.map((t) => t.alone / t.off)).toFixed(3),
    reference === null ? "" : `${(reference.top10 / onMs).toFixed(1)} x`,
    shape.bars.top10 === undefined ? "" : `≥ ${shape.bars.top10}`,
    reference === null ? "" : `${(reference.whole / onMs).toFixed(1)} x`,
    shape.bars.whole === undefined ? "" : `≥ ${shape.bars.whole}`,
  ];
}

/** Milliseconds to score one window, nothing cached. */
async function score(
  { library: native, readout }: { readonly library: Library; readonly readout: Readout },
  model: NativeModel,
  tokens: Int32Array,
  context: Context,
  distribution: DistributionRequest | null = { topK: 10 },
): Promise<number> {
  library.llama_memory_clear(context.memory, false);
  const scorer = new WindowScorer(native, model, context, readout, WINDOW);
  const start = performance.now();
  await scorer.score(
    { model: 0, tokens, scoredStart: 1, distribution },
    () => undefined,
    new AbortController().signal,
  );
  return performance.now() - start;
}

/** Milliseconds per token of node-llama-cpp's `controlledEvaluate`, with ten alternatives and with all probabilities. */
async function referenceMs(
  path: string,
  tokens: Int32Array,
): Promise<{ top10: number; whole: number }> {
  const llama = await getLlama({
    build: "never",
    logLevel: LlamaLogLevel.error,
    ...(device === "CPU" ? { gpu: false as const } : {}),
  });
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({ contextSize: WINDOW, batchSize: WINDOW });
  const sequence = context.getSequence();
  const time = async (generateNext: object) => {
    await sequence.clearHistory();
    const input = Array.from(
      tokens.subarray(0, REFERENCE_TOKENS),
      (token) => [token as Token, { generateNext }] as const,
    );
    const start = performance.now();
    await sequence.controlledEvaluate(
      input as unknown as Parameters<LlamaContextSequence["controlledEvaluate"]>[0],
    );
    return (performance.now() - start) / REFERENCE_TOKENS;
  };
  const top10Options = { token: true, confidence: true, includeTop: 10 };
  await time(top10Options);
  const top10 = median([
    await time(top10Options),
    await time(top10Options),
    await time(top10Options),
  ]);
  const whole = await time({ probabilities: true });
  await context.dispose();
  await model.dispose();
  return { top10, whole };
}
