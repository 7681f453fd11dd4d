/**
 * What studies ask of a model, as ratios measured in one run, everything in turn: short texts scored several in a decode
 * against one by one and against bare decodes of the same batches; then one continuation of each of many prompts against
 * bare decodes of as many rows, and against one prompt after another. Medians of the rounds' ratios.
 * BENCH_CLOCK=cpu counts processor time, which tells more on a busy machine; then calls to the engine's process are left out.
 * BENCH_MODEL is the beginning of a model's name, where one is enough.
 */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { seededRandom } from "../../src/analysis/statistics/random";
import { BLOCK, roundUp } from "../../src/engine/blocks";
import { chooseAttention } from "../../src/engine/child/llama/attention";
import { openBuild } from "../../src/engine/child/llama/builds";
import { type Context, createContext } from "../../src/engine/child/llama/context";
import { decodePlan } from "../../src/engine/child/llama/decodePlan";
import { loadModel, type NativeModel } from "../../src/engine/child/llama/model";
import { packsOf } from "../../src/engine/child/llama/packs";
import { continuePrompts, type DrawOptions } from "../../src/engine/child/llama/sampling";
import { WindowScorer } from "../../src/engine/child/llama/scorer";
import { createReadout, rowsPerBlock } from "../../src/engine/child/readout/readout";
import type {
  ContinueRequest,
  DistributionRequest,
  NumberedPrompt,
  WindowTokens,
} from "../../src/engine/engine";
import { startEngine } from "../../src/engine/local/client";
import { testModel } from "../support/models";
import { median, printTable } from "./table";

interface Model {
  readonly name: string;
  readonly path: string;
  /** Rows that the texts of one measurement take, about, and what these texts are like: keys of {@link TEXTS}. */
  readonly rows: number;
  readonly texts: readonly string[];
  readonly distributions: readonly (DistributionRequest | null)[];
  /** Prompts, as many sequences as are drawn together, and tokens of a continuation. */
  readonly prompts: number;
  readonly width: number;
  readonly maxTokens: number;
}

const ROUNDS = Number(process.env["BENCH_PAIRS"] ?? 5);
const THREADS = Number(process.env["BENCH_THREADS"] ?? 1);
const BY_PROCESSOR = process.env["BENCH_CLOCK"] === "cpu";
const WINDOW = 512;
const SEQUENCES = 8;
/** What `tune` chooses for light models, and for heavy ones, where nothing fits beside a text. */
const BATCHES = [512, 64] as const;
/** About 32 words. */
const PROMPT_TOKENS = 45;
const SAMPLER = { temperature: 1, topK: 0, topP: 0.9, minP: 0 } as const;

const MODELS: readonly Model[] = [
  {
    name: "embedded pair",
    path: "models/twin-base.gguf",
    rows: 2048,
    texts: ["20", "60", "120", "250", "500", "20 to 500"],
    distributions: [null, { topK: 10 }],
    prompts: 64,
    width: 32,
    maxTokens: 40,
  },
  {
    name: "135M shape",
    path: testModel({
      name: "bench-135M-50257",
      layers: 30,
      embedding: 576,
      feedForward: 1536,
      heads: 9,
      kvHeads: 3,
      context: 2048,
      type: "Q8_0",
      vocabulary: { kind: "byte", addBos: true, size: 50_257 },
    }),
    rows: 512,
    texts: ["20", "20 to 500"],
    distributions: [null],
    prompts: 8,
    width: 8,
    maxTokens: 8,
  },
];

/** Tokens of the texts: of about one length, or of all. */
const TEXTS: Readonly<Record<string, (random: number) => number>> = {
  "20": () => 20,
  "60": () => 60,
  "120": () => 120,
  "250": () => 250,
  "500": () => 500,
  "20 to 500": (random) => 20 + Math.floor(random * 480),
};

const build = await openBuild("off", null, () => undefined);
const { library } = build;
const wasm = readFileSync("dist/readout.wasm");
const never = new AbortController().signal;
const letMessagesIn = () => new Promise<void>((resolve) => setImmediate(resolve));
console.log(
  `${THREADS} threads, ${ROUNDS} rounds${BY_PROCESSOR ? ", processor time" : ""}; ratios of times.\n`,
);

const named = process.env["BENCH_MODEL"];
for (const model of MODELS.filter(({ name }) => !named || name.startsWith(named))) {
  const native = await loadModel(build, model.path, () => undefined, never);
  await printScoring(model, native);
  await printContinuing(model, native);
  library.llama_model_free(native.handle);
}
process.exit(0);

async function printScoring(model: Model, native: NativeModel): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const batch of BATCHES) {
    for (const texts of batch === BLOCK ? ["20 to 500"] : model.texts) {
      for (const distribution of model.distributions) {
        const ratios = await scoring(model, native, texts, batch, distribution);
        rows.push([batch, texts, distribution ? "yes" : "no", ...ratios]);
      }
    }
  }
  console.log(`\n${model.name}: texts\n`);
  printTable(
    [
      "batch",
      "tokens of a text",
      "distribution",
      "packed / one by one",
      "packed / bare",
      "bar",
      "one call / a call each",
    ],
    rows,
  );
}

async function printContinuing(model: Model, native: NativeModel): Promise<void> {
  const row = await continuing(model, native);
  console.log(
    `\n${model.name}: a continuation of each of ${model.prompts} prompts of ${PROMPT_TOKENS} tokens, ${model.width} at a time\n`,
  );
  printTable(
    ["tokens", "ours / bare", "bar", "ours / one prompt after another", "prompts' share"],
    [row],
  );
}

/** Ratios of the time that texts take. */
async function scoring(
  { path, rows }: Model,
  model: NativeModel,
  kind: string,
  batch: number,
  distribution: DistributionRequest | null,
): Promise<string[]> {
  const texts = textsOf(kind, rows);
  const context = createContext(library, model, {
    sequences: SEQUENCES,
    tokensPerSequence: WINDOW,
    maxBatch: WINDOW,
    threads: THREADS,
    attention: chooseAttention(library, build.device, model.headSize, false),
  });
  const vocabularySize = model.vocabulary.attributes.length;
  const readout = createReadout(wasm, vocabularySize, rowsPerBlock(vocabularySize));
  const request = { model: 0, texts, distribution };
  // A scorer of its own each time: it remembers no text.
  const scorer = () => new WindowScorer(library, model, context, readout, batch);
  const packed = (together: number) => () =>
    scorer().scoreTexts(request, () => undefined, {
      together,
      giveWay: letMessagesIn,
      signal: never,
    });
  const times = await inTurn(ROUNDS, {
    packed: packed(Infinity),
    alone: packed(1),
    bare: () => decodeTexts(context, model, texts, batch),
  });
  context.dispose();
  const call = BY_PROCESSOR ? null : await callRatio(path, texts, batch, distribution);
  return [ratio(times.packed, times.alone), ratio(times.packed, times.bare), "≤ 1.1", call ?? ""];
}

/** Decodes what `scoreTexts` decodes, and reads nothing. */
async function decodeTexts(
  { batch, handle, memory }: Context,
  model: NativeModel,
  texts: readonly WindowTokens[],
  batchSize: number,
): Promise<void> {
  const plans = texts.map((text) => decodePlan(text, model.positions));
  const lengths = plans.map(({ end }) => end);
  for (const pack of packsOf(lengths, SEQUENCES, batchSize)) {
    pack.forEach((_, sequence) => {
      library.llama_memory_seq_rm(memory, sequence, -1, -1);
    });
    const { end } = plans[pack[0]!]!;
    const step = Math.min(end, batchSize);
    for (let start = 0; start < end; start += step) {
      const rows = Math.min(step, end - start);
      pack.forEach((text, sequence) => {
        for (let i = 0; i < rows; i++) {
          const entry = sequence * rows + i;
          batch.token[entry] = plans[text]!.tokens[start + i] ?? 0;
          batch.position[entry] = start + i;
          batch.sequence[entry] = sequence;
          batch.wantsLogits[entry] = 1;
        }
      });
      if ((await batch.decodeBeside(handle, rows * pack.length)) !== 0) throw new Error("decode");
      library.llama_get_logits(handle);
    }
  }
}

/** One call for all texts against a call for each, to an engine's process. */
async function callRatio(
  path: string,
  texts: readonly WindowTokens[],
  batch: number,
  distribution: DistributionRequest | null,
): Promise<string> {
  const engine = startEngine({ script: "dist/engine.mjs" });
  const { id: model } = await engine.load(path, {
    gpu: "off",
    window: WINDOW,
    batch,
    threads: THREADS,
    windowMemoryBytes: 2 ** 28,
  });
  const times = await inTurn(ROUNDS, {
    one: () => engine.scoreTexts({ model, texts, distribution }, () => undefined),
    each: async () => {
      for (const text of texts) {
        await engine.score({ model, ...text, distribution }, () => undefined);
      }
    },
  });
  engine.dispose();
  return ratio(times.one, times.each);
}

/** Ratios of the time that continuations take. */
async function continuing(
  { prompts: count, width, maxTokens }: Model,
  model: NativeModel,
): Promise<string[]> {
  const random = seededRandom(2);
  const prompts = Array.from({ length: count }, (_, index) => ({
    index,
    tokens: randomTokens(PROMPT_TOKENS, random),
  }));
  let tokens = 0;
  const options: DrawOptions = {
    emit: (event) => {
      if (typeof event !== "number") tokens += event.ids.length;
    },
    giveWay: letMessagesIn,
    signal: never,
  };
  const decoding = {
    attention: chooseAttention(library, build.device, model.headSize, false),
    threads: THREADS,
  };
  const drawer = { library, model, decoding, readoutWasm: wasm };
  const draw = (of: readonly NumberedPrompt[], together: number) => {
    const request: ContinueRequest = {
      model: 0,
      prompts: of,
      width: together,
      maxTokens,
      seed: 1,
      sampler: SAMPLER,
    };
    return continuePrompts(drawer, request, options);
  };
  await draw(prompts, width);
  const drawn = tokens;
  const bare = (steps: number) => () => decodeContinuations(model, prompts, width, steps);
  const times = await inTurn(ROUNDS, {
    ours: () => draw(prompts, width),
    // The first token of each comes from its prompt's row.
    bare: bare(Math.ceil((drawn - count) / width)),
    prompts: bare(0),
    alone: async () => {
      for (const prompt of prompts) await draw([prompt], 1);
    },
  });
  return [
    String(drawn),
    ratio(times.ours, times.bare),
    "≤ 1.1",
    ratio(times.ours, times.alone),
    ratio(times.prompts, times.ours),
  ];
}

/** Each prompt by itself, then steps of `width` rows. */
async function decodeContinuations(
  model: NativeModel,
  prompts: readonly NumberedPrompt[],
  width: number,
  steps: number,
): Promise<void> {
  const context = createContext(library, model, {
    sequences: width + 1,
    tokensPerSequence: 256,
    maxBatch: 256,
    threads: THREADS,
    attention: chooseAttention(library, build.device, model.headSize, false),
  });
  const { batch, handle, memory } = context;
  const decode = (count: number) => {
    if (batch.decode(handle, count) !== 0) throw new Error("decode");
    library.llama_get_logits(handle);
  };
  const put = (entry: number, token: number, position: number, sequence: number, end: boolean) => {
    batch.token[entry] = token;
    batch.position[entry] = position;
    batch.sequence[entry] = sequence;
    batch.wantsLogits[entry] = end ? 1 : 0;
  };
  for (const { index, tokens } of prompts) {
    const sequence = index % width;
    library.llama_memory_seq_rm(memory, sequence, -1, -1);
    tokens.forEach((token, i) => put(i, token, i, sequence, i === tokens.length - 1));
    decode(tokens.length);
    await letMessagesIn();
  }
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < width; i++) put(i, 50 + i, PROMPT_TOKENS + step, i, true);
    decode(width);
    await letMessagesIn();
  }
  context.dispose();
}

/** Runs each in turn; milliseconds, `[round]`. */
async function inTurn<Name extends string>(
  rounds: number,
  works: Readonly<Record<Name, () => Promise<void>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(works) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >;
  for (const name of names) await works[name]();
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const start = now();
      await works[name]();
      times[name].push(now() - start);
    }
  }
  return times;
}

function ratio(a: readonly number[], b: readonly number[]): string {
  return median(a.map((time, round) => time / b[round]!)).toFixed(3);
}

/** Milliseconds. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return BY_PROCESSOR ? (user + system) / 1000 : performance.now();
}

function textsOf(kind: string, rows: number): WindowTokens[] {
  const random = seededRandom(1);
  const texts: WindowTokens[] = [];
  for (let rest = rows; rest > 0;) {
    const tokens = randomTokens(TEXTS[kind]!(random()), random);
    texts.push({ tokens, scoredStart: 1 });
    rest -= roundUp(tokens.length, BLOCK);
  }
  return texts;
}

function randomTokens(length: number, random: () => number): Int32Array {
  return Int32Array.from({ length }, () => 10 + Math.floor(random() * 5000));
}
