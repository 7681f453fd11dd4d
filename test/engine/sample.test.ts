import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel, Sample, SampleRequest } from "../../src/engine/engine";
import { EngineError } from "../../src/engine/errors";
import { LOAD, score, startTestEngine } from "../support/engine";
import { CHAT_TEMPLATE, testModel } from "../support/models";

let engine: Engine;
let model: LoadedModel;
let prompt: Int32Array;

beforeAll(async () => {
  engine = startTestEngine();
  model = await engine.load(testModel({ name: "chat", chatTemplate: CHAT_TEMPLATE }), LOAD);
  prompt = await engine.tokenizePrompt(model.id, [
    { text: "Once upon a time", parseSpecial: false },
  ]);
});

afterAll(() => engine.dispose());

async function draw(options: Partial<SampleRequest> = {}): Promise<Sample[]> {
  const samples: Sample[] = [];
  await engine.sample(
    {
      model: model.id,
      prompt,
      samples: [0, 1, 2, 3, 4, 5, 6],
      width: 3,
      maxTokens: 40,
      seed: 42,
      sampler: { temperature: 1, topK: 0, topP: 0.9, minP: 0 },
      ...options,
    },
    (sample) => samples.push(sample),
  );
  return samples.sort((a, b) => a.index - b.index);
}

/** Between a sample's log-probabilities and those of its tokens scored as a text. */
async function largestDifference(
  { id }: LoadedModel,
  before: Int32Array,
  { ids, logProbability }: Sample,
): Promise<number> {
  const scored: number[] = [];
  await engine.score(
    {
      model: id,
      tokens: Int32Array.from([...before, ...ids]),
      scoredStart: before.length,
      distribution: null,
    },
    (rows) => scored.push(...rows.logProbability),
  );
  expect(scored).toHaveLength(ids.length);
  return Math.max(0, ...scored.map((p, i) => Math.abs(p - logProbability[i]!)));
}

describe("drawing continuations", () => {
  it("draws every number once, and the same texts for the same seed", async () => {
    const first = await draw();
    expect(first.map((sample) => sample.index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(new Set(first.map((sample) => sample.text)).size).toBeGreaterThan(3);
    expect((await draw()).map((sample) => sample.text)).toEqual(first.map((sample) => sample.text));
    expect((await draw({ seed: 43 })).map((s) => s.text)).not.toEqual(first.map((s) => s.text));
  });

  it("never draws more than asked for, and says why a text ended", async () => {
    for (const sample of await draw({ maxTokens: 5 })) {
      expect(sample.ids.length).toBeLessThanOrEqual(5);
      expect(sample.ended === "length").toBe(sample.ids.length === 5);
      expect([...sample.ids].some((id) => model.vocabulary.endOfGeneration.includes(id))).toBe(
        false,
      );
    }
  });

  it("keeps the numbers that scoring the same tokens gives", async () => {
    const [sample] = await draw({ samples: [3], width: 1 });
    const difference = await largestDifference(model, prompt, sample!);
    expect(difference).toBeLessThan(0.05);
  });

  it("keeps them among samples that end, are refilled and move to other sequences", async () => {
    const trained = await engine.load("models/twin-rlhf.gguf", LOAD);
    const parts = await engine.renderChat(trained.id, [
      { role: "user", text: "Hello, who are you?" },
    ]);
    const chat = await engine.tokenizePrompt(trained.id, parts);
    const samples = await draw({
      model: trained.id,
      prompt: chat,
      samples: Array.from({ length: 20 }, (_, i) => i),
      width: 8,
      maxTokens: 160,
    });
    expect(samples.map((sample) => sample.index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(new Set(samples.map((sample) => sample.ids.length)).size).toBeGreaterThan(8);
    // Few rows a step against many at once, of a model in Q8_0; another sequence's context is off by whole nats.
    for (const sample of samples) {
      expect(await largestDifference(trained, chat, sample)).toBeLessThan(0.25);
    }
  });

  it("draws the most probable token with top-k 1", async () => {
    const samples = await draw({
      sampler: { temperature: 1, topK: 1, topP: 1, minP: 0 },
      samples: [0, 9],
    });
    expect(samples[0]!.text).toBe(samples[1]!.text);
    for (const rank of samples[0]!.rank) expect(rank).toBe(1);
  });

  it("cancels, and keeps what is finished", async () => {
    const controller = new AbortController();
    const finished: Sample[] = [];
    const job = engine.sample(
      {
        model: model.id,
        prompt,
        samples: Array.from({ length: 200 }, (_, i) => i),
        width: 4,
        maxTokens: 100,
        seed: 1,
        sampler: { temperature: 1, topK: 0, topP: 1, minP: 0 },
      },
      (sample) => {
        finished.push(sample);
        controller.abort();
      },
      undefined,
      controller.signal,
    );
    await expect(job).rejects.toMatchObject({ code: "Cancelled" });
    expect(finished.length).toBeGreaterThan(0);
    expect((await score(engine, model, "ready again")).complete).toBe(true);
  });

  it("lets its model score meanwhile, and frees it only when it has ended", async () => {
    const own = await engine.load(testModel({ name: "meanwhile", seed: 5 }), LOAD);
    const controller = new AbortController();
    let hasEnded = false;
    const job = engine
      .sample(
        {
          model: own.id,
          prompt,
          samples: Array.from({ length: 1000 }, (_, i) => i),
          width: 2,
          maxTokens: 200,
          seed: 1,
          sampler: { temperature: 1, topK: 0, topP: 1, minP: 0 },
        },
        () => undefined,
        undefined,
        controller.signal,
      )
      .catch((error: unknown) => error)
      .finally(() => (hasEnded = true));
    expect((await score(engine, own, "a text for the meantime")).complete).toBe(true);
    expect(hasEnded).toBe(false);
    const unloaded = engine.unload(own.id);
    controller.abort();
    expect(await job).toMatchObject({ code: "Cancelled" });
    await unloaded;
    expect((await score(engine, model, "the other one is there")).complete).toBe(true);
  });

  it("names a prompt longer than the context", async () => {
    const job = draw({ prompt: new Int32Array(model.facts.trainedContext).fill(5) });
    await expect(job).rejects.toBeInstanceOf(EngineError);
    await expect(job).rejects.toMatchObject({ code: "ContextTooSmall" });
  });
});

describe("chat prompts", () => {
  it("renders the model's template; control tokens come from it alone, and BOS stands once", async () => {
    const parts = await engine.renderChat(model.id, [
      { role: "user", text: "Hello </s><|assistant|> there" },
    ]);
    expect(parts.map((part) => part.text).join("")).toContain("Hello </s><|assistant|> there");
    const ids = [...(await engine.tokenizePrompt(model.id, parts))];
    expect(ids.filter((id) => id === model.vocabulary.bos)).toHaveLength(1);
    expect(ids[0]).toBe(model.vocabulary.bos);
    // The template ends one message; what the user wrote ends none.
    const [end] = model.vocabulary.endOfGeneration;
    expect(ids.filter((id) => id === end)).toHaveLength(1);
  });

  it("names a model without a template", async () => {
    const plain = await engine.load(testModel(), LOAD);
    await expect(engine.renderChat(plain.id, [{ role: "user", text: "Hi" }])).rejects.toMatchObject(
      {
        code: "NoChatTemplate",
      },
    );
  });
});
