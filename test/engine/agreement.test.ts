/** Two models' distributions held against each other, on the embedded pair, against sums in 64 bits over llama.cpp's own logits. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComparedRows } from "../../src/engine/agreement";
import { BLOCK, roundUp } from "../../src/engine/blocks";
import { openBuild } from "../../src/engine/child/llama/builds";
import { createContext } from "../../src/engine/child/llama/context";
import { freeModel, loadModel } from "../../src/engine/child/llama/model";
import type { Pointer } from "../../src/engine/child/llama/library";
import type { LoadedModel } from "../../src/engine/engine";
import { LOAD, startTestEngine } from "../support/engine";
import { testModel, testPair } from "../support/models";

const engine = startTestEngine();
afterAll(() => engine.dispose());

const TEXT =
  "The lighthouse keeper counted the ships that passed before dawn, and wrote their names down in a small green book. ".repeat(
    8,
  );

async function tokensOf({ id, vocabulary }: LoadedModel, text: string): Promise<Int32Array> {
  const { id: ids } = await engine.tokenize(id, text);
  return vocabulary.bos === null ? ids : Int32Array.of(vocabulary.bos, ...ids);
}

async function compared(
  [first, second]: readonly [LoadedModel, LoadedModel],
  tokens: readonly [Int32Array, Int32Array],
  scoredStart = 1,
  signal?: AbortSignal,
) {
  const all: ComparedRows[] = [];
  const request = { models: [first.id, second.id] as const, windows: [{ tokens, scoredStart }] };
  await engine.compare(request, (rows) => all.push(rows), signal);
  const joined = (of: (rows: ComparedRows) => ArrayLike<number>) =>
    all.flatMap((rows) => Array.from(of(rows)));
  return {
    rows: all,
    first: joined(({ first: values }) => values),
    second: joined(({ second: values }) => values),
    agrees: joined(({ agrees }) => agrees),
  };
}

/**
 * ln p of every entry at every place of a window, `[place][id]`, from a context of our own that decodes whole blocks, as weights
 * of few bits round by them.
 */
async function logProbabilities(loaded: LoadedModel, tokens: Int32Array): Promise<Float64Array[]> {
  const { attention } = (await engine.prepareScoring(loaded)).facts;
  const build = await openBuild("off", null, () => undefined);
  const { library } = build;
  const signal = new AbortController().signal;
  const model = await loadModel(build, loaded.facts.path, () => undefined, signal);
  const tokensPerSequence = roundUp(tokens.length, BLOCK);
  const shape = { sequences: 1, tokensPerSequence, maxBatch: BLOCK, threads: 1, attention };
  const context = createContext(library, model, shape);
  const size = model.vocabulary.attributes.length;
  const rows: Float64Array[] = [];
  for (let start = 0; start < tokens.length; start += BLOCK) {
    const { batch } = context;
    batch.token.fill(0).set(tokens.subarray(start, start + BLOCK));
    batch.position.set(batch.position.map((_, i) => start + i));
    batch.wantsLogits.fill(1);
    expect(batch.decode(context.handle, BLOCK)).toBe(0);
    const logits = library.llama_get_logits(context.handle) as Pointer;
    for (let row = 0; row < BLOCK && rows.length < tokens.length; row++) {
      const values = new Float32Array(size);
      library.memcpy(values, logits + BigInt(row * size * 4), size * 4);
      rows.push(logSoftmax(values));
    }
  }
  context.dispose();
  freeModel(library, model);
  return rows;
}

function logSoftmax(logits: Float32Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const logSum = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
  return Float64Array.from(logits, (logit) => logit - most - logSum);
}

function divergence(p: Float64Array, q: Float64Array): number {
  return p.reduce((sum, log, id) => sum + Math.exp(log) * (log - q[id]!), 0);
}

const topOf = (row: Float64Array) => row.indexOf(Math.max(...row));

describe("the embedded pair", () => {
  const PATHS = ["models/twin-base.gguf", "models/twin-rlhf.gguf"] as const;
  let pair: readonly [LoadedModel, LoadedModel];
  let tokens: Int32Array;
  beforeAll(async () => {
    const [base, rlhf] = await Promise.all(PATHS.map((path) => engine.load(path, LOAD)));
    pair = [base!, rlhf!];
    tokens = (await tokensOf(base!, TEXT)).subarray(0, 256);
  });

  it("diverges at each of 200 places as sums over all entries say, and agrees where both tops are the same", async () => {
    const asked = tokens.subarray(0, 201);
    const found = await compared(pair, [asked, asked]);
    const [base, rlhf] = await Promise.all(pair.map((model) => logProbabilities(model, asked)));
    expect(found.first).toHaveLength(200);
    let worst = 0;
    for (let place = 0; place < 200; place++) {
      const [p, q] = [base![place]!, rlhf![place]!];
      worst = Math.max(
        worst,
        Math.abs(found.first[place]! - divergence(p, q)),
        Math.abs(found.second[place]! - divergence(q, p)),
      );
      expect(found.agrees[place]).toBe(topOf(p) === topOf(q) ? 1 : 0);
    }
    expect(worst).toBeLessThan(1e-4);
    expect(found.rows[0]!.common).toBeNull();
  });

  it("does not depend on what was scored before, or where a window begins to count", async () => {
    const whole = await compared(pair, [tokens, tokens]);
    await engine.score({ model: pair[0].id, tokens, scoredStart: 1, distribution: null }, () => 0);
    const late = await compared(pair, [tokens, tokens], 101);
    expect(late.rows[0]!.start).toBe(101);
    expect(late.first).toEqual(whole.first.slice(100));
    expect(late.agrees).toEqual(whole.agrees.slice(100));
  });

  it("leaves the scores of both as they are", async () => {
    const scored = async () => {
      const values: number[] = [];
      const request = { model: pair[1].id, tokens, scoredStart: 1, distribution: null };
      await engine.score(request, ({ logProbability }) => values.push(...logProbability));
      return values;
    };
    const before = await scored();
    await compared(pair, [tokens, tokens]);
    expect(await scored()).toEqual(before);
  });

  it("is the other way round the other way round", async () => {
    const there = await compared(pair, [tokens, tokens]);
    const back = await compared([pair[1], pair[0]], [tokens, tokens]);
    expect(back.first).toEqual(there.second);
  });

  it("stops between two batches", async () => {
    const stop = new AbortController();
    const windows = Array.from({ length: 50 }, () => ({
      tokens: [tokens, tokens] as const,
      scoredStart: 1,
    }));
    let heard = 0;
    const work = engine.compare(
      { models: [pair[0].id, pair[1].id], windows },
      () => {
        if (++heard === 3) stop.abort();
      },
      stop.signal,
    );
    await expect(work).rejects.toMatchObject({ code: "Cancelled" });
  });

  it("refuses a window that is too long before the first is decoded", async () => {
    const long = new Int32Array(5000).fill(tokens[1]!);
    const work = compared(pair, [long, long]);
    await expect(work).rejects.toMatchObject({ code: "ContextTooSmall" });
  });
});

describe("models of other vocabularies", () => {
  const byte = (size: number) => ({ kind: "byte", addBos: true, size }) as const;

  it("are compared on what both have, and say how much that is", async () => {
    const { base } = testPair({ name: "agreement" });
    const first = await engine.load(base, LOAD);
    const larger = testModel({ name: "agreement-larger", seed: 5, vocabulary: byte(900) });
    const second = await engine.load(larger, LOAD);
    const tokens = await tokensOf(first, "The keeper counted the ships.");
    const found = await compared([first, second], [tokens, tokens]);
    const p = await logProbabilities(first, tokens);
    const q = await logProbabilities(second, tokens);
    const size = p[0]!.length;
    const { common } = found.rows[0]!;
    for (let place = 0; place + 1 < tokens.length; place++) {
      const kept = q[place]!.subarray(0, size);
      const share = kept.reduce((sum, log) => sum + Math.exp(log), 0);
      expect(common![0][place]).toBeCloseTo(1, 6);
      expect(common![1][place]).toBeCloseTo(share, 6);
      const scaled = kept.map((log) => log - Math.log(share));
      expect(Math.abs(found.first[place]! - divergence(p[place]!, scaled))).toBeLessThan(1e-4);
      expect(Math.abs(found.second[place]! - divergence(scaled, p[place]!))).toBeLessThan(1e-4);
    }
    expect(size).toBeLessThan(900);
  });
});
