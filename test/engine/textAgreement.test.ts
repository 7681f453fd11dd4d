/** How far two models agree on a text, against the engine's rows over windows that are cut by hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agreementOf, type AgreementSums } from "../../src/analysis/scores/agreement";
import type { ComparedRows, ComparedWindow } from "../../src/engine/agreement";
import type { Engine, ScoringModel } from "../../src/engine/engine";
import { AgreementStream, measureAgreement } from "../../src/jobs/scoring/agreement";
import { loadToScore } from "../../src/jobs/scoring/loadToScore";
import { withoutAdapter } from "../../src/protocol/modelIdentity";
import type { Role } from "../../src/protocol/roles";
import type { WindowSettings } from "../../src/protocol/scores";
import { LOAD, STRIDED, startTestEngine } from "../support/engine";
import { type ModelOptions, testModel } from "../support/models";

const engine = startTestEngine();
afterAll(() => engine.dispose());

const TEXT = "The keeper of the lighthouse counted the ships, and wrote their names down.\n".repeat(
  14,
);
const WINDOWS: WindowSettings = { ...STRIDED, window: 64, stride: 40 };

type Pair = Readonly<Record<Role, ScoringModel>>;

const loaded = (path: string): Promise<ScoringModel> =>
  loadToScore(engine, withoutAdapter(path), { ...LOAD, window: 64 });

async function loadedPair(base: Partial<ModelOptions>, rlhf: Partial<ModelOptions>): Promise<Pair> {
  const model = (role: Role, options: Partial<ModelOptions>) =>
    loaded(testModel({ layers: 1, name: `agrees-${role}`, ...options }));
  return { base: await model("base", base), rlhf: await model("rlhf", { seed: 2, ...rlhf }) };
}

function request(pair: Pair, settings = WINDOWS, by: Engine = engine) {
  return {
    models: {
      together: true,
      hold: (role: Role) => Promise.resolve({ engine: by, model: pair[role] }),
    },
    settings,
  };
}

const measured = async (...of: Parameters<typeof request>) =>
  (await measureAgreement(TEXT, request(...of))) as AgreementSums;

describe("the embedded pair", () => {
  let pair: Pair;
  beforeAll(async () => {
    const [base, rlhf] = [loaded("models/twin-base.gguf"), loaded("models/twin-rlhf.gguf")];
    pair = { base: await base, rlhf: await rlhf };
  });

  /** Windows of 64 tokens: the first scores all behind BOS, the others 40 each. */
  async function windowsByHand(): Promise<ComparedWindow[]> {
    const { id } = await engine.tokenize(pair.base.id, TEXT);
    const { bos } = pair.base.vocabulary;
    const room = bos === null ? 64 : 63;
    const start = bos === null ? [] : [bos];
    const windows: ComparedWindow[] = [];
    for (let scored = 0; scored < id.length; scored += scored === 0 ? room : 40) {
      const first = scored === 0 ? 0 : scored + 40 - room;
      const end = Math.min(id.length, scored === 0 ? room : scored + 40);
      const tokens = Int32Array.from([...start, ...id.subarray(first, end)]);
      const scoredStart = Math.max(1, scored - first + start.length);
      windows.push({ tokens: [tokens, tokens], scoredStart });
    }
    return windows;
  }

  it("has the sums of the engine's rows, each token in the window that scores it", async () => {
    const windows = await windowsByHand();
    const rows: ComparedRows[] = [];
    const models = [pair.base.id, pair.rlhf.id] as const;
    await engine.compare({ models, windows }, (some) => rows.push(some));
    const { tokens, sums, outside } = await measured(pair);
    const total = (of: (row: ComparedRows) => ArrayLike<number>) =>
      rows.flatMap((row) => Array.from(of(row))).reduce((sum, value) => sum + value, 0);
    expect(windows.length).toBeGreaterThan(4);
    expect(tokens).toBe(rows.reduce((sum, { count }) => sum + count, 0));
    expect(sums.baseFromRlhf).toBeCloseTo(total(({ first }) => first) / Math.LN2, 9);
    expect(sums.rlhfFromBase).toBeCloseTo(total(({ second }) => second) / Math.LN2, 9);
    expect(sums.sameTop).toBe(total(({ agrees }) => agrees));
    expect(outside).toBeNull();
  });

  it("is compared at the tokens that are scored, with means between the ends of their intervals", async () => {
    const found = await measured(pair);
    const { baseFromRlhf, sameTop, tokens } = agreementOf([found], "blocks")!;
    expect(baseFromRlhf.value).toBeCloseTo(found.sums.baseFromRlhf / tokens, 12);
    for (const { low, value, high } of [baseFromRlhf, sameTop]) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    const several = agreementOf([found, found], "texts")!;
    expect(several.tokens).toBe(2 * tokens);
    expect(several.sameTop).toEqual({
      value: sameTop.value,
      low: sameTop.value,
      high: sameTop.value,
    });
  });

  it.each([
    ["windows of llama.cpp's program", { ...WINDOWS, mode: "llama.cpp-compatible" }],
    ["two windows", { ...WINDOWS, maxWindows: 2 }],
    ["strided windows", WINDOWS],
  ] as const)("does not depend on how a text comes: %s", async (_, settings) => {
    const whole = await measured(pair, settings);
    const reached: number[] = [];
    const onProgress = (at: number) => reached.push(at);
    const stream = await AgreementStream.start({ ...request(pair, settings), onProgress });
    for (let at = 0; at < TEXT.length; at += 150) await stream.add(TEXT.slice(at, at + 150));
    expect(await stream.end()).toEqual(whole);
    expect(reached.at(-1)).toBeCloseTo(TEXT.length, 6);
    expect([...reached].sort((a, b) => a - b)).toEqual(reached);
  });

  it("reads a context, and does not count it", async () => {
    const context = TEXT.slice(0, 76);
    const all = await measured(pair);
    const behind = (await measureAgreement(TEXT.slice(76), {
      ...request(pair),
      context,
    })) as AgreementSums;
    const { id } = await engine.tokenize(pair.base.id, context);
    const unscored = pair.base.vocabulary.bos === null ? 1 : 0;
    expect(behind.tokens).toBe(all.tokens + unscored - id.length);
  });

  it("stops when it is cancelled", async () => {
    const stop = new AbortController();
    const { signal } = stop;
    const work = measureAgreement(TEXT, {
      ...request(pair),
      onProgress: () => stop.abort(),
      signal,
    });
    await expect(work).rejects.toMatchObject({ code: "Cancelled" });
  });
});

describe("models of other vocabularies", () => {
  const byte = (options: { addBos?: boolean; size?: number } = {}) =>
    ({ vocabulary: { kind: "byte", addBos: true, ...options } }) as const;

  it("are compared on what both have, and say what is outside", async () => {
    const pair = await loadedPair(byte(), { ...byte({ size: 900 }), name: "agrees-larger" });
    const { outside, tokens } = await measured(pair);
    expect(outside!.rlhf / tokens).toBeGreaterThan(0.01);
    expect(outside!.base / tokens).toBeLessThan(1e-6);
  });

  const spm = (addSpacePrefix = true) =>
    ({ vocabulary: { kind: "spm", addBos: false, addSpacePrefix } }) as const;

  it.each([
    ["other tokens", byte({ addBos: false }), spm(), /cut the text into different tokens/],
    ["BOS and none", byte(), byte({ addBos: false }), /begin windows with different tokens/],
    ["shorter windows", byte(), { ...byte(), context: 64 }, /windows are of different lengths/],
  ] as const)("are not compared with %s", async (name, base, rlhf, reason) => {
    const named = `agrees-${name.replaceAll(" ", "-")}`;
    const pair = await loadedPair(base, { ...rlhf, name: named });
    const found = await measureAgreement(TEXT, request(pair, { ...WINDOWS, window: 0 }));
    expect(found).toEqual({ notMeasured: expect.stringMatching(reason) as string });
  });

  it("are not compared where other tokens stand behind the same start", async () => {
    const pair = await loadedPair(spm(), { ...spm(false), name: "agrees-space" });
    const found = await measureAgreement(TEXT, request(pair));
    expect(found).toEqual({ notMeasured: "the models cut the text into different tokens" });
  });
});

describe("what can't be compared says why", () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await loadedPair({}, {});
  });

  it("memory for one model, an engine that can't, one model twice", async () => {
    const inTurns = { ...request(pair).models, together: false };
    const without = { ...engine, capabilities: { ...engine.capabilities, compares: false } };
    const reasons = await Promise.all([
      measureAgreement(TEXT, { ...request(pair), models: inTurns }),
      measured(pair, WINDOWS, without),
      measured({ base: pair.base, rlhf: pair.base }),
    ]);
    expect(reasons).toEqual([
      { notMeasured: "memory holds only one of the models at a time" },
      { notMeasured: "the engine does not read whole distributions of two models" },
      { notMeasured: "both models are the same" },
    ]);
  });

  it("a text that is too short for the windows, with the scorer's words", async () => {
    const settings: WindowSettings = { ...WINDOWS, mode: "llama.cpp-compatible" };
    const found = await measureAgreement("Short.", request(pair, settings));
    expect(found).toEqual({ notMeasured: expect.stringMatching(/at least 128 tokens/) as string });
  });

  it("an empty text has nothing to draw from", async () => {
    const found = (await measureAgreement("", request(pair))) as AgreementSums;
    expect(found.tokens).toBe(0);
    expect(agreementOf([found], "blocks")).toBeNull();
  });
});
