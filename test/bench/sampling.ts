/**
 * Sampling, as a share of the fastest bare batched decode of the same prompt: sequences with caches of their own, random
 * next tokens, logits computed and never read. All are measured in turn; the median of the rounds' ratios counts.
 * Then the time of a whole run's samples for each model of the default pair.
 */
import { existsSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { chatPrompt } from "../../src/engine/child/chat/prompt";
import type { SampleRequest } from "../../src/engine/engine";
import { openBuild } from "../../src/engine/child/llama/builds";
import { chooseAttention } from "../../src/engine/child/llama/attention";
import { allThreads, type ContextShape, createContext } from "../../src/engine/child/llama/context";
import { loadModel, type NativeModel } from "../../src/engine/child/llama/model";
import { drawSamples } from "../../src/engine/child/llama/sampling";
import { tokenizePrompt } from "../../src/engine/child/llama/promptTokens";
import { testModel } from "../support/models";
import { seededRandom } from "../../src/analysis/statistics/random";
import { median, printTable } from "./table";

const BARE_WIDTHS = [8, 32, 64, 100] as const;
/** What the extension chooses where memory allows it. */
const OUR_WIDTH = 104;
/** Samples drawn for each sequence, one after the other: a run has more samples than sequences, and some end early. */
const WAVES = 3;
const STEPS = Number(process.env["BENCH_STEPS"] ?? 32);
const ROUNDS = Number(process.env["BENCH_PAIRS"] ?? 3);
const THREADS = Number(process.env["BENCH_THREADS"] ?? allThreads());
/** On a busy machine one thread and its processor time tell more than the clock: BENCH_THREADS=1 BENCH_CLOCK=cpu. */
const BY_PROCESSOR = process.env["BENCH_CLOCK"] === "cpu";
const PROMPT = "What are the most effective ways to deal with the stress of a long day at work?";
const LOWEST_SHARE = 0.9;

/** 100 samples of 200 tokens, and the seconds they may take on two cores. */
const WHOLE_RUN = { samples: 100, maxTokens: 200, seconds: 30 } as const;

const SAMPLER = { temperature: 1, topK: 0, topP: 0.9, minP: 0 } as const;
const PAIR = ["models/twin-base.gguf", "models/twin-rlhf.gguf"].filter((path) => existsSync(path));

const wasm = readFileSync("dist/readout.wasm");
const build = await openBuild("auto", null, () => undefined);
const { library, device } = build;
console.log(
  `Sampling with ${THREADS} threads, ${device}: ${STEPS} tokens per sample, ${WAVES} of our samples per sequence, medians of ${ROUNDS} rounds; tokens/s${BY_PROCESSOR ? " of processor time" : ""}.\n`,
);

const shape135M = testModel({
  name: "bench-135M-50257",
  layers: 30,
  embedding: 576,
  feedForward: 1536,
  heads: 9,
  kvHeads: 3,
  context: 2048,
  type: "Q8_0",
  vocabulary: { kind: "byte", addBos: true, size: 50_257 },
});
const shares: (string | number)[][] = [await measureShare("135M, 50k", shape135M)];
for (const path of PAIR.slice(0, 1)) shares.push(await measureShare("default pair", path));
printTable(
  ["shape", ...BARE_WIDTHS.map((width) => `bare ${width}`), `ours ${OUR_WIDTH}`, "share", "bar"],
  shares,
);

const { samples, maxTokens, seconds } = WHOLE_RUN;
console.log(`\n${samples} samples of up to ${maxTokens} tokens; seconds.\n`);
if (PAIR.length === 0) console.log("There is no default pair.");
else {
  const rows: (string | number)[][] = [];
  for (const path of PAIR) rows.push(await measureWholeRun(path));
  printTable(["model", "tokens", "seconds", "bar", "tokens/s"], rows);
}
process.exit(0);

async function measureShare(name: string, path: string): Promise<(string | number)[]> {
  const model = await load(path);
  const prompt = await promptOf(model);
  const rounds: { readonly bare: readonly number[]; readonly ours: number }[] = [];
  await bareRate(model, prompt, BARE_WIDTHS[0]);
  for (let round = 0; round < ROUNDS; round++) {
    const ours = await ourRate(model, prompt);
    const bare: number[] = [];
    for (const width of BARE_WIDTHS) bare.push(await bareRate(model, prompt, width));
    rounds.push({ bare, ours });
  }
  library.llama_model_free(model.handle);
  return [
    name,
    ...BARE_WIDTHS.map((_, i) => median(rounds.map(({ bare }) => bare[i]!)).toFixed(0)),
    median(rounds.map(({ ours }) => ours)).toFixed(0),
    median(rounds.map(({ ours, bare }) => ours / Math.max(...bare))).toFixed(3),
    `≥ ${LOWEST_SHARE}`,
  ];
}

/** Tokens a second of drawing, context and prompt included. */
async function ourRate(model: NativeModel, prompt: Int32Array): Promise<number> {
  const { tokens, ms } = await draw(model, prompt, {
    samples: numbersTo(WAVES * OUR_WIDTH),
    maxTokens: STEPS,
  });
  return (tokens / ms) * 1000;
}

/** Tokens a second of decoding alone, context and prompt included. */
async function bareRate(model: NativeModel, prompt: Int32Array, width: number): Promise<number> {
  const random = seededRandom(1);
  const start = now();
  const context = createContext(library, model, {
    sequences: width + 1,
    tokensPerSequence: Math.ceil((prompt.length + STEPS) / 256) * 256,
    maxBatch: Math.max(256, width),
    ...decodingOf(model),
  });
  const { batch, handle, memory } = context;
  const decode = (count: number, entry: (i: number) => readonly [number, number, number]) => {
    for (let i = 0; i < count; i++) {
      [batch.token[i], batch.position[i], batch.sequence[i]] = entry(i) as [number, number, number];
      batch.wantsLogits[i] = 1;
    }
    if (batch.decode(handle, count) !== 0) throw new Error("llama_decode failed");
    library.llama_get_logits(handle);
  };
  decode(prompt.length, (i) => [prompt[i]!, i, width]);
  for (let sequence = 0; sequence < width; sequence++) {
    library.llama_memory_seq_cp(memory, width, sequence, -1, -1);
  }
  const vocabularySize = model.vocabulary.attributes.length;
  // The first token of each sequence is drawn from the prompt's logits: one step fewer than tokens.
  for (let step = 0; step < STEPS - 1; step++) {
    decode(width, (i) => [Math.floor(random() * vocabularySize), prompt.length + step, i]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  context.dispose();
  return (width * STEPS * 1000) / (now() - start);
}

async function measureWholeRun(path: string): Promise<(string | number)[]> {
  const model = await load(path);
  const { tokens, ms } = await draw(model, await promptOf(model), {
    samples: numbersTo(samples),
    maxTokens,
  });
  library.llama_model_free(model.handle);
  const rate = ((tokens / ms) * 1000).toFixed(0);
  return [path, tokens, (ms / 1000).toFixed(1), `≤ ${seconds}`, rate];
}

async function draw(
  model: NativeModel,
  prompt: Int32Array,
  request: Pick<SampleRequest, "samples" | "maxTokens">,
): Promise<{ readonly tokens: number; readonly ms: number }> {
  const drawing = { model: 0, prompt, width: OUR_WIDTH, seed: 1, sampler: SAMPLER, ...request };
  const never = new AbortController().signal;
  let tokens = 0;
  const start = now();
  await drawSamples({ library, model, decoding: decodingOf(model), readoutWasm: wasm }, drawing, {
    emit: (event) => {
      if (typeof event !== "number") tokens += event.ids.length;
    },
    giveWay: () => new Promise((resolve) => setImmediate(resolve)),
    signal: never,
  });
  return { tokens, ms: now() - start };
}

/** As the extension decodes. */
function decodingOf(model: NativeModel): Pick<ContextShape, "attention" | "threads"> {
  return { attention: chooseAttention(library, device, model.headSize, false), threads: THREADS };
}

function load(path: string): Promise<NativeModel> {
  const never = new AbortController().signal;
  return loadModel(build, path, () => undefined, never);
}

/** In the model's chat template where it has one: otherwise it may end at once. */
async function promptOf(model: NativeModel): Promise<Int32Array> {
  const { vocabulary, chatTemplate, namedTokens } = model;
  const parts =
    chatTemplate === null
      ? [{ text: PROMPT, parseSpecial: false }]
      : chatPrompt({
          template: chatTemplate,
          messages: [{ role: "user", text: PROMPT }],
          variables: { ...namedTokens, add_generation_prompt: true },
          lookalikes: [],
          now: Date.now(),
        });
  const ids = await tokenizePrompt(library, model, parts);
  const { bos } = vocabulary;
  return Int32Array.from(bos === null || ids[0] === bos ? ids : [bos, ...ids]);
}

/** Milliseconds. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return BY_PROCESSOR ? (user + system) / 1000 : performance.now();
}

function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
