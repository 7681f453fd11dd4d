import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel, Sample, SampleRequest } from "../../src/engine/engine";
import { EngineError } from "../../src/engine/errors";
import { LOAD, score, startTestEngine, STRIDED } from "../support/engine";
import { type ModelOptions, testModel } from "../support/models";

const TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(3);
const NO_BOS: ModelOptions["vocabulary"] = { kind: "byte", addBos: false };

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

/** What becomes of a text under a model: `scored`, or the error's name. */
async function outcome(path: string, window: number, compatible = false): Promise<string> {
  const mode = compatible ? "llama.cpp-compatible" : "strided";
  try {
    const model = await engine.load(path, { ...LOAD, window, batch: 0, compatible });
    try {
      const settings = { ...STRIDED, mode, window } as const;
      const { complete } = await score(engine, model, TEXT, { settings });
      return complete ? "scored" : "incomplete";
    } finally {
      await engine.unload(model.id);
    }
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
}

describe("small windows and contexts", () => {
  it("are scored from 3 tokens on (2 without BOS), and refused by name below", async () => {
    for (let window = 1; window <= 40; window++) {
      const expected = (least: number) => (window < least ? "ContextTooSmall" : "scored");
      expect(await outcome(testModel(), window), `${window}`).toBe(expected(3));
      const withoutBos = testModel({ name: "no-bos", vocabulary: NO_BOS });
      expect(await outcome(withoutBos, window), `${window}, no BOS`).toBe(expected(2));
    }
  });

  it("hold in llama.cpp's way of cutting, too", async () => {
    for (const window of [2, 3, 8, 31, 33]) {
      expect(await outcome(testModel(), window, true), `${window}`).toBe("scored");
    }
  });

  it("may be the model's own: contexts of 1 to 64 tokens", async () => {
    for (const context of [1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 33, 40, 63, 64]) {
      const path = testModel({ name: "small-context", context });
      const expected = context < 3 ? "ContextTooSmall" : "scored";
      expect(await outcome(path, 0), `${context}`).toBe(expected);
    }
    expect(await outcome(testModel({ name: "no-context", context: 0 }), 0)).toBe("LoadFailed");
  });

  it("end samples where the context ends", async () => {
    const model = await engine.load(testModel({ name: "small-context", context: 4 }), LOAD);
    const lengths: number[] = [];
    await engine.sample(
      {
        model: model.id,
        prompt: Int32Array.of(model.vocabulary.bos!, 10),
        samples: [0, 1, 2],
        width: 2,
        maxTokens: 100,
        seed: 1,
        sampler: { temperature: 1, topK: 0, topP: 1, minP: 0 },
      },
      ({ ids }: Sample) => lengths.push(ids.length),
    );
    expect(lengths).toHaveLength(3);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2);
  });
});

/** One short sample. */
function drawingOf(model: LoadedModel, prompt: readonly number[]): SampleRequest {
  return {
    model: model.id,
    prompt: Int32Array.from(prompt),
    samples: [0],
    width: 1,
    maxTokens: 5,
    seed: 1,
    sampler: { temperature: 1, topK: 0, topP: 1, minP: 0 },
  };
}

describe("weights that are no numbers", () => {
  it("are named before a model scores or draws, if only one token has them", async () => {
    for (const tensor of ["output.weight", "blk.1.ffn_up.weight"]) {
      const path = testModel({ name: "nan", notNumbers: { tensor, row: 3 } });
      expect(await outcome(path, 0), tensor).toBe("NoDistribution");
      // Nothing is decoded before: a model that only names its tokens needs no context.
      const model = await engine.load(path, LOAD);
      expect((await engine.tokenize(model.id, "z")).id).toHaveLength(1);
      const drawing = engine.sample(drawingOf(model, [10]), () => undefined);
      await expect(drawing, tensor).rejects.toMatchObject({ code: "NoDistribution" });
      await engine.unload(model.id);
    }
  });

  it("are named at the token whose context holds them, in a text and in a sample", async () => {
    const good = await engine.load(testModel(), LOAD);
    const [token] = (await engine.tokenize(good.id, "z")).id;
    const notNumbers = { tensor: "token_embd.weight", row: token! };
    const path = testModel({ name: "nan-context", notNumbers });
    const model = await engine.load(path, LOAD);
    expect((await score(engine, model, "no such letter")).complete).toBe(true);
    await expect(score(engine, model, "a zebra")).rejects.toMatchObject({ code: "NoDistribution" });
    const drawing = engine.sample(drawingOf(model, [token!]), () => undefined);
    await expect(drawing).rejects.toMatchObject({ code: "NoDistribution" });
  });
});
