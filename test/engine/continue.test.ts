/** A prompt's continuation is the same whatever others are drawn beside it (docs/definitions.md, "Sampling"). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/analysis/statistics/random";
import type {
  ContinueRequest,
  Engine,
  LoadedModel,
  NumberedPrompt,
  Sample,
  SamplerSettings,
} from "../../src/engine/engine";
import { LOAD, startTestEngine } from "../support/engine";
import { testModel } from "../support/models";

const MODELS = {
  "the base model": "models/twin-base.gguf",
  "heads for flash attention": testModel({ name: "continue-flash", heads: 2, kvHeads: 1 }),
  "heads for plain attention": testModel({ name: "continue-plain", embedding: 96, heads: 8 }),
  "no BOS": testModel({ name: "continue-bare", vocabulary: { kind: "byte", addBos: false } }),
} as const;

const NUCLEUS: SamplerSettings = { temperature: 1, topK: 0, topP: 0.9, minP: 0 };
const GREEDY: SamplerSettings = { ...NUCLEUS, temperature: 0 };

/** Tokens of prompts: one, few, more than one batch of a prompt, and more than the others' cells. */
const LENGTHS = [1, 7, 45, 64, 45, 300, 44, 33, 20, 257, 60, 45];

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

function promptsFor({ vocabulary }: LoadedModel, lengths: readonly number[]): NumberedPrompt[] {
  const random = seededRandom(3);
  return lengths.map((length, index) => {
    const tokens = Int32Array.from({ length }, () => 10 + Math.floor(random() * 400));
    if (vocabulary.bos !== null) tokens[0] = vocabulary.bos;
    return { index, tokens };
  });
}

async function drawn(
  { id }: LoadedModel,
  prompts: readonly NumberedPrompt[],
  options: Partial<ContinueRequest> = {},
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const request = { model: id, prompts, width: 8, maxTokens: 24, seed: 5, sampler: NUCLEUS };
  await engine.continuePrompts({ ...request, ...options }, (sample) => samples.push(sample));
  return samples.sort((a, b) => a.index - b.index);
}

/** What `sample` draws of one prompt. */
async function alone(
  { id }: LoadedModel,
  { index, tokens }: NumberedPrompt,
  sampler: SamplerSettings,
): Promise<Sample> {
  const samples: Sample[] = [];
  const request = { model: id, prompt: tokens, samples: [index], width: 1, maxTokens: 24, seed: 5 };
  await engine.sample({ ...request, sampler }, (sample) => samples.push(sample));
  return samples[0]!;
}

describe.each(Object.entries(MODELS))("continuations by a model with %s", (_, path) => {
  let model: LoadedModel;
  let prompts: NumberedPrompt[];
  beforeAll(async () => {
    model = await engine.load(path, LOAD);
    prompts = promptsFor(model, LENGTHS);
  });
  afterAll(() => engine.unload(model.id));

  it.each([
    ["nucleus", NUCLEUS],
    ["greedy", GREEDY],
  ])("are those that are drawn of each prompt alone, at every width: %s", async (_, sampler) => {
    const expected: Sample[] = [];
    for (const prompt of prompts) expected.push(await alone(model, prompt, sampler));
    expect(new Set(expected.map(({ text }) => text)).size).toBe(prompts.length);
    for (const width of [1, 8, 32]) {
      expect(await drawn(model, prompts, { width, sampler })).toEqual(expected);
    }
    expect(await drawn(model, [...prompts].reverse(), { sampler })).toEqual(expected);
    expect(await drawn(model, prompts.slice(2, 4), { sampler })).toEqual(expected.slice(2, 4));
  });
});

describe("continuing many prompts", () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await engine.load("models/twin-rlhf.gguf", LOAD);
  });

  it("goes on to the next where one ends early, and counts the tokens", async () => {
    const parts = await engine.renderChat(model.id, [
      { role: "user", text: "Hello, who are you?" },
    ]);
    const chat = await engine.tokenizePrompt(model.id, parts);
    const [other] = promptsFor(model, [50]) as [NumberedPrompt];
    const prompts = Array.from({ length: 40 }, (_, index) => ({
      index,
      tokens: index % 4 === 3 ? other.tokens : chat,
    }));
    const maxTokens = 120;
    let counted = 0;
    const samples: Sample[] = [];
    const request = { model: model.id, prompts, width: 8, maxTokens, seed: 5, sampler: NUCLEUS };
    await engine.continuePrompts(
      request,
      (sample) => samples.push(sample),
      (tokens) => (counted = tokens),
    );
    expect(samples.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
      prompts.map(({ index }) => index),
    );
    const lengths = samples.map(({ ids }) => ids.length);
    expect(new Set(lengths).size).toBeGreaterThan(8);
    expect(counted).toBe(lengths.reduce((sum, length) => sum + length, 0));
    // The same, drawn as samples of each of the two prompts.
    const ofPrompt = async (prompt: Int32Array) => {
      const same = prompts.filter(({ tokens }) => tokens === prompt).map(({ index }) => index);
      const drawn: Sample[] = [];
      await engine.sample(
        { model: model.id, prompt, samples: same, width: 32, maxTokens, seed: 5, sampler: NUCLEUS },
        (sample) => drawn.push(sample),
      );
      return drawn;
    };
    const expected = [...(await ofPrompt(chat)), ...(await ofPrompt(other.tokens))];
    const inOrder = (all: readonly Sample[]) => [...all].sort((a, b) => a.index - b.index);
    expect(inOrder(samples)).toEqual(inOrder(expected));
  });

  it("draws up to the end of the context", async () => {
    // Its weights are random: to end early is as improbable as any token.
    const random = await engine.load(MODELS["heads for flash attention"], LOAD);
    const prompts = promptsFor(random, [random.facts.trainedContext - 3, 20]);
    const samples = await drawn(random, prompts, { sampler: GREEDY });
    expect(samples.map(({ ids, ended }) => [ids.length, ended])).toEqual([
      [3, "length"],
      [24, "length"],
    ]);
  });

  it("cancels among prompts and steps, and keeps what is finished", async () => {
    const prompts = promptsFor(
      model,
      Array.from({ length: 200 }, () => 45),
    );
    const stop = new AbortController();
    const finished: Sample[] = [];
    const job = engine.continuePrompts(
      { model: model.id, prompts, width: 8, maxTokens: 10, seed: 1, sampler: NUCLEUS },
      (sample) => {
        finished.push(sample);
        stop.abort();
      },
      undefined,
      stop.signal,
    );
    await expect(job).rejects.toMatchObject({ code: "Cancelled" });
    expect(finished.length).toBeGreaterThan(0);
    expect(finished.length).toBeLessThan(100);
    expect(await drawn(model, prompts.slice(0, 1))).toHaveLength(1);
  });

  it("refuses a prompt that leaves no room, or is none, before it draws any", async () => {
    const prompts = promptsFor(model, [20, model.facts.trainedContext]);
    await expect(drawn(model, prompts)).rejects.toMatchObject({ code: "ContextTooSmall" });
    const nothing = { index: 0, tokens: new Int32Array(0) };
    await expect(drawn(model, [nothing])).rejects.toMatchObject({ code: "TextTooShort" });
  });

  it("takes no prompt at all", async () => {
    expect(await drawn(model, [])).toEqual([]);
  });
});
