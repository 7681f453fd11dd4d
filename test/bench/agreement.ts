/**
 * Two models' distributions held against each other, against the time of scoring the same windows with both, side by side as the
 * editor does: medians of the ratios of rounds in turn. Bar: 1.3.
 * BENCH_PAIRS rounds; MODEL: a GGUF file that is compared with another of the same tokenizer, OTHER. BENCH_MODEL is the beginning of a
 * pair's name, where one is enough.
 */
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { readFileSync } from "node:fs";
import type { LoadedModel, LoadOptions } from "../../src/engine/engine";
import { startEngine } from "../../src/engine/local/client";
import { testModel } from "../support/models";
import { median, printTable } from "./table";

const ROUNDS = Number(process.env["BENCH_PAIRS"] ?? 5);
const WINDOW = 512;
const LOAD: LoadOptions = { gpu: "off", window: 0, batch: 0, windowMemoryBytes: 2 ** 28 };

const shape = {
  layers: 12,
  embedding: 576,
  feedForward: 1536,
  heads: 9,
  kvHeads: 3,
  context: 2048,
  type: "Q8_0",
  vocabulary: { kind: "byte", addBos: true, size: 50_257 },
} as const;

const PAIRS: readonly (readonly [string, string, string])[] = [
  ["embedded pair", "models/twin-base.gguf", "models/twin-rlhf.gguf"],
  [
    "54M shape, V = 50,257",
    testModel({ name: "bench-54M", ...shape }),
    testModel({ name: "bench-54M-twin", ...shape, seed: 2 }),
  ],
];
const { MODEL, OTHER } = process.env;
const given = MODEL && OTHER ? [["given", MODEL, OTHER] as const] : [];

const engine = startEngine({ script: resolve("dist/engine.mjs"), onLog: () => undefined });
const rows: (string | number)[][] = [];
for (const [name, base, other] of [...PAIRS, ...given]) {
  if (!name.startsWith(process.env["BENCH_MODEL"] ?? "")) continue;
  rows.push([name, ...(await ratios(base, other))]);
}
engine.dispose();
printTable(
  ["pair", "scores, ms", "with distributions, ms", "comparison, ms", "ratio", "ratio"],
  rows,
);

async function ratios(base: string, other: string): Promise<(string | number)[]> {
  const models = [await engine.load(base, LOAD), await engine.load(other, LOAD)] as const;
  for (const model of models) await engine.prepareScoring(model);
  const windows = await windowsOf(models[0]);
  const timed = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const scores = (distribution: { readonly topK: number } | null) => () =>
    Promise.all(
      models.map(async ({ id }) => {
        for (const tokens of windows) {
          const request = { model: id, tokens, scoredStart: 1, distribution };
          await engine.score(request, () => undefined);
        }
      }),
    );
  const [first, second] = models;
  const compared = windows.map((tokens) => ({ tokens: [tokens, tokens] as const, scoredStart: 1 }));
  const comparison = () =>
    engine.compare({ models: [first.id, second.id], windows: compared }, () => undefined);
  const times: [number, number, number][] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    // What was scored is remembered; other windows take its place.
    const plain = await timed(scores(null));
    const together = await timed(comparison);
    const whole = await timed(scores({ topK: 10 }));
    if (round > 0) times.push([plain, whole, together]);
  }
  for (const { id } of models) await engine.unload(id);
  const of = (pick: (time: [number, number, number]) => number) => median(times.map(pick));
  return [
    of(([plain]) => plain).toFixed(0),
    of(([, whole]) => whole).toFixed(0),
    of(([, , together]) => together).toFixed(0),
    of(([plain, , together]) => together / plain).toFixed(2),
    of(([, whole, together]) => together / whole).toFixed(2),
  ];
}

/** More windows than are remembered, so that each is decoded whole. */
async function windowsOf({
  id,
  vocabulary,
  shape: { layers },
}: LoadedModel): Promise<Int32Array[]> {
  const text = readFileSync("docs/definitions.md", "utf8").repeat(4);
  const { id: ids } = await engine.tokenize(id, text);
  const begun = vocabulary.bos === null ? [] : [vocabulary.bos];
  const count = layers > 8 ? 2 : 17;
  return Array.from({ length: count }, (_, i) =>
    Int32Array.from([...begun, ...ids.subarray(i * WINDOW, (i + 1) * WINDOW - begun.length)]),
  );
}
