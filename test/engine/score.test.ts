import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import { CONCENTRATION_KS, CONCENTRATION_SCALE, TokenFlag } from "../../src/protocol/scores";
import { LOAD, perplexity, score, startTestEngine, STRIDED } from "../support/engine";
import { testModel } from "../support/models";

const CHECKPOINTS = "../shared/data/checkpoints";
const STORIES = "../shared/data/prose/fairytaleqa_stories_train.txt.gz";

const prose = (words: number) =>
  Array.from(
    { length: words },
    (_, i) => `word${(i * 7919) % 97}${i % 11 === 0 ? ".\n" : " "}`,
  ).join("");

let engine: Engine;
let model: LoadedModel;

beforeAll(async () => {
  engine = startTestEngine();
  model = await engine.load(testModel(), LOAD);
});

afterAll(() => engine.dispose());

describe("scoring a text", () => {
  it("gives every token a probability, a rank, an entropy and its alternatives", async () => {
    const { columns, complete } = await score(engine, model, "The quick brown fox.");
    expect(complete).toBe(true);
    const {
      rank: ranks,
      entropy,
      concentration,
      topK,
      topId,
      topLogProbability,
    } = columns.distribution!;
    for (let token = 0; token < columns.count; token++) {
      const p = Math.exp(columns.logProbability[token]!);
      const rank = ranks[token]!;
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThanOrEqual(1);
      expect(entropy[token]!).toBeGreaterThan(0);
      expect(entropy[token]!).toBeLessThanOrEqual(Math.log(model.facts.vocabularySize));
      const alternatives = [...topId.subarray(token * topK, (token + 1) * topK)];
      const place = alternatives.indexOf(columns.id[token]!);
      expect(place === -1 ? rank > topK : place === rank - 1).toBe(true);
      if (place >= 0) {
        expect(topLogProbability[token * topK + place]).toBeCloseTo(
          columns.logProbability[token]!,
          5,
        );
      }
      const [first] = concentration.subarray(token * CONCENTRATION_KS.length);
      expect(first! / CONCENTRATION_SCALE).toBeCloseTo(
        Math.exp(topLogProbability[token * topK]!),
        4,
      );
    }
  });

  it.each(["byte", "spm"] as const)(
    "gives log-probabilities alone, the same to the last bit, to who asks for no more: %s",
    async (kind) => {
      const path = testModel({ name: `alone-${kind}`, vocabulary: { kind, addBos: true } });
      const other = await engine.load(path, LOAD);
      const whole = await score(engine, other, prose(600));
      const alone = await score(engine, other, prose(600), { distribution: null });
      expect(alone.columns).toEqual({ ...whole.columns, distribution: null });
      expect(alone.scoredRange).toEqual(whole.scoredRange);
      const previous = await score(engine, other, prose(300), { distribution: null });
      const edited = await score(engine, other, prose(600), { distribution: null, previous });
      expect(edited.columns).toEqual(alone.columns);
      await engine.unload(other.id);
    },
  );

  it("leaves out distributions that an engine does not read", async () => {
    const lesser = { ...engine, capabilities: { ...engine.capabilities, distribution: false } };
    const whole = await score(engine, model, "The quick brown fox.");
    const { columns } = await score(lesser, model, "The quick brown fox.");
    expect(columns).toEqual({ ...whole.columns, distribution: null });
  });

  it("covers texts of every kind of character, whole", async () => {
    for (const text of [
      "emoji 🎉👩‍👩‍👧, e\u0301, 中文, \r\n\t tabs \u0000 NUL",
      "<s>control</s> look-alikes <|user|>",
      "a lone \ud800 surrogate",
      "\u2581 blocks \u2581\u2581 and   blanks  ",
    ]) {
      const { columns } = await score(engine, model, text);
      let end = 0;
      for (let token = 0; token < columns.count; token++) {
        expect(columns.start[token]).toBeLessThanOrEqual(end);
        end = Math.max(end, columns.endExclusive[token]!);
      }
      expect(end).toBe(text.length);
    }
  });

  it("scores what looks like a control token as plain text", async () => {
    const { columns } = await score(engine, model, "a</s>");
    expect([...columns.id]).not.toContain(model.vocabulary.endOfGeneration[0]);
  });

  it("gives two models side by side what each gives alone", async () => {
    const scored = async (seed: number) => {
      const fresh = await engine.load(testModel({ seed }), LOAD);
      const { columns } = await score(engine, fresh, prose(900));
      await engine.unload(fresh.id);
      return columns;
    };
    const alone = [await scored(2), await scored(3)];
    expect(alone[0]!.logProbability).not.toEqual(alone[1]!.logProbability);
    expect(await Promise.all([scored(2), scored(3)])).toEqual(alone);
  });

  it("names user-defined tokens", async () => {
    const { columns } = await score(engine, model, "a [[twin]] b");
    const named = [...columns.flags].filter((flag) => (flag & TokenFlag.UserDefined) !== 0);
    expect(named).toHaveLength(1);
  });

  it("has nothing to say of an empty text", async () => {
    const { columns, complete } = await score(engine, model, "");
    expect(columns.count).toBe(0);
    expect(complete).toBe(true);
  });

  it("scores a part as it stands in the whole", async () => {
    const text = prose(700);
    const range = { start: 2000, endExclusive: 2300 };
    const whole = await score(engine, model, text);
    const part = await score(engine, model, text, { range });
    const { columns } = part;
    let scored = 0;
    for (let token = 0; token < columns.count; token++) {
      const inside =
        columns.endExclusive[token]! > range.start && columns.start[token]! < range.endExclusive;
      expect(Number.isNaN(columns.logProbability[token])).toBe(!inside);
      if (!inside) continue;
      scored++;
      expect(columns.logProbability[token]).toBe(whole.columns.logProbability[token]);
    }
    expect(scored).toBeGreaterThan(10);
    expect(part.scoredRange.endExclusive - part.scoredRange.start).toBe(scored);
  });

  it("scores what is on screen first", async () => {
    const text = prose(2000);
    const visible = { start: text.length - 200, endExclusive: text.length };
    const order: number[] = [];
    await score(engine, model, text, {
      visible: () => visible,
      onProgress: (_, scored) => order.push(scored.start),
    });
    expect(order[0]).toBeGreaterThan(1000);
    expect(order.at(-1)).toBe(0);
  });

  it("leaves a text's first token unscored where the model knows no BOS", async () => {
    const plain = await engine.load(
      testModel({ vocabulary: { kind: "byte", addBos: false } }),
      LOAD,
    );
    const { columns, complete } = await score(engine, plain, "Hello there");
    expect(complete).toBe(true);
    expect(columns.logProbability[0]).toBeNaN();
    expect(columns.logProbability[1]).not.toBeNaN();
  });

  it("places SentencePiece tokens", async () => {
    const spm = await engine.load(
      testModel({ name: "spm", vocabulary: { kind: "spm", addBos: true } }),
      LOAD,
    );
    const text = "Once a\u2581b 🎉 time";
    const { columns } = await score(engine, spm, text);
    expect(columns.endExclusive.at(-1)).toBe(text.length);
    expect(columns.start[0]).toBe(0);
  });
});

describe("scoring again after an edit", () => {
  const text = prose(900);

  it.each([
    ["at the end", (t: string) => `${t} and more`],
    ["in the middle", (t: string) => `${t.slice(0, 3000)}inserted${t.slice(3000)}`],
    ["in the first line", (t: string) => `X${t}`],
    ["by deleting", (t: string) => t.slice(0, 4000)],
    ["not at all", (t: string) => t],
  ])("gives what scoring afresh gives: edited %s", async (_, edit) => {
    const previous = await score(engine, model, text);
    const incremental = await score(engine, model, edit(text), { previous });
    const fresh = startTestEngine();
    try {
      const reloaded = await fresh.load(testModel(), LOAD);
      expect(incremental.columns).toEqual((await score(fresh, reloaded, edit(text))).columns);
    } finally {
      fresh.dispose();
    }
  });

  it("takes nothing over from other weights that lay at the same path", async () => {
    const right = await score(engine, model, text);
    const { facts } = model;
    const previous = {
      ...right,
      model: {
        ...right.model,
        identity: { sha256: null, stamp: `${facts.identity.stamp}, before` },
      },
      columns: { ...right.columns, logProbability: right.columns.logProbability.map(() => -1) },
    };
    expect((await score(engine, model, text, { previous })).columns).toEqual(right.columns);
  });

  it("decodes only what changed", async () => {
    const previous = await score(engine, model, text);
    let rows = 0;
    const count = previous.columns.count;
    await score(engine, model, `${text} end`, {
      previous,
      onProgress: (columns, _, fraction) => {
        if (fraction === 1) rows = columns.count - count;
      },
    });
    expect(rows).toBeGreaterThan(0);
  });
});

describe("cancelling", () => {
  it("returns what is scored so far, and names its range", async () => {
    const controller = new AbortController();
    const partial = await score(engine, model, prose(6000), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(partial.complete).toBe(false);
    expect(partial.scoredRange.start).toBe(0);
    expect(partial.scoredRange.endExclusive).toBeGreaterThan(0);
    expect(partial.scoredRange.endExclusive).toBeLessThan(partial.columns.count);
    const again = await score(engine, model, "still there");
    expect(again.complete).toBe(true);
  });
});

describe("agreement with others", () => {
  it("gives node-llama-cpp's probabilities", async () => {
    const text = "Agreement is tested, not assumed: 1 2 3.";
    const { columns } = await score(engine, model, text);
    const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
    const llama = await getLlama({ build: "never", gpu: false, logLevel: LlamaLogLevel.error });
    const reference = await llama.loadModel({ modelPath: testModel() });
    const context = await reference.createContext({ contextSize: 512 });
    const sequence = context.getSequence();
    const tokens = [model.vocabulary.bos!, ...columns.id] as Parameters<
      typeof sequence.evaluate
    >[0];
    const outputs = await sequence.controlledEvaluate(
      tokens.map((token, i) => [token, { generateNext: { probabilities: i < tokens.length - 1 } }]),
    );
    for (let token = 0; token < columns.count; token++) {
      const p = outputs[token]?.next.probabilities?.get(tokens[token + 1]!);
      // It decodes few rows at a time, which llama.cpp adds up in 16 bits.
      expect(Math.abs(Math.log(p!) - columns.logProbability[token]!)).toBeLessThan(0.003);
    }
    await llama.dispose();
  });

  it.skipIf(!existsSync(CHECKPOINTS))(
    "gives the perplexity of llama.cpp's own program on a trained model",
    async () => {
      const stories = await engine.load(`${CHECKPOINTS}/stories260K.gguf`, {
        ...LOAD,
        compatible: true,
      });
      const text = gunzipSync(readFileSync(STORIES)).subarray(0, 60000).toString("utf8");
      const scores = await score(engine, stories, text, {
        settings: { ...STRIDED, mode: "llama.cpp-compatible", window: 512, maxWindows: 8 },
      });
      // `llama-perplexity -c 512 --chunks 8` of llama.cpp v0.5.0: 16.9947 +/- 0.98466. Four digits: the
      // fifth depends on the processor's kernels; test/engine/cli.test.ts holds it with the same ones.
      expect(perplexity(scores).toFixed(2)).toBe("16.99");
    },
  );
});
