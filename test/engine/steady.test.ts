/** A text's scores and a sample's text are the same however they come about (docs/definitions.md, "Precision"). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel, LoadOptions, Sample } from "../../src/engine/engine";
import type { ScoreTextRequest } from "../../src/jobs/scoring/scoreText";
import type { TextScores } from "../../src/protocol/textScores";
import { LOAD, score, startTestEngine, STRIDED } from "../support/engine";
import { testModel } from "../support/models";

/** Heads of 32, which flash attention is made for, and of 12, which no processor's registers hold evenly. */
const MODELS = {
  "the base model": "models/twin-base.gguf",
  "heads for flash attention": testModel({ name: "steady-flash", heads: 2, kvHeads: 1 }),
  "heads for plain attention": testModel({
    name: "steady-plain",
    embedding: 96,
    heads: 8,
    context: 512,
  }),
} as const;

const WORDS = ["fox", "river", "the", "and", "went", "a", "bird", "slowly", "said", "forest"];
const text = (words: number) =>
  Array.from(
    { length: words },
    (_, i) => `${WORDS[(i * i * 7 + i) % WORDS.length]}${i % 13 === 12 ? ".\n" : " "}`,
  ).join("");
const TEXT = text(400);

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

const settings = { ...STRIDED, window: 256 };
const scored = (model: LoadedModel, part: string, options: Partial<ScoreTextRequest> = {}) =>
  score(engine, model, part, { settings, ...options });

describe.each(Object.entries(MODELS))("scores by %s", (name, path) => {
  let whole: TextScores;
  beforeAll(async () => {
    whole = await scoreWith({});
  });

  /** A text's scores by a model that is loaded for them alone. */
  async function scoreWith(
    options: Partial<LoadOptions>,
    work: (model: LoadedModel) => Promise<TextScores> = (model) => scored(model, TEXT),
  ): Promise<TextScores> {
    const model = await engine.load(path, { ...LOAD, window: 256, ...options });
    try {
      return await work(model);
    } finally {
      await engine.unload(model.id);
    }
  }

  /** Of all tokens that both have scored: at least `count`. */
  function expectSame(actual: TextScores, count: number): void {
    let compared = 0;
    for (let token = 0; token < actual.columns.count; token++) {
      if (actual.columns.id[token] !== whole.columns.id[token]) break;
      const bits = actual.columns.logProbability[token]!;
      if (Number.isNaN(bits)) continue;
      expect(bits, `token ${token}`).toBe(whole.columns.logProbability[token]);
      const [entropies, expected] = [actual, whole].map(
        ({ columns }) => columns.distribution!.entropy,
      );
      expect(entropies![token]).toBe(expected![token]);
      compared++;
    }
    expect(compared).toBeGreaterThanOrEqual(count);
  }

  it("uses the kernel that its heads call for", () => {
    const expected = name === "heads for plain attention" ? "plain" : "flash";
    expect(whole.model.attention).toBe(expected);
  });

  it.each([64, 192, 512])("whatever the batch: %i tokens", async (batch) => {
    expectSame(await scoreWith({ batch }), 400);
  });

  it("whatever the memory for other windows", async () => {
    expectSame(await scoreWith({ windowMemoryBytes: 0 }), 400);
  });

  it("whatever the threads", async () => {
    // Short: on a busy machine threads wait long for each other.
    const beginning = text(60);
    expectSame(await scoreWith({ threads: 2 }, (model) => scored(model, beginning)), 59);
  });

  it.each([2, 40, 63, 130])("of a beginning alone: %i words", async (words) => {
    const beginning = TEXT.split(/(?<=[ \n])/u)
      .slice(0, words)
      .join("");
    // The last token may be another one where the text ends.
    expectSame(await scoreWith({}, (model) => scored(model, beginning)), words - 1);
  });

  it("after edits in turn", async () => {
    const edited = await scoreWith({}, async (model) => {
      let previous = await scored(model, TEXT.slice(0, 700));
      for (const end of [300, 301, 302, 900, 903, TEXT.length]) {
        previous = await scored(model, TEXT.slice(0, end), { previous });
      }
      await scored(model, `Another text. ${TEXT}`);
      return scored(model, TEXT, { previous });
    });
    expectSame(edited, 400);
  });

  it("in part: some windows, a selection, what a cancel leaves", async () => {
    const limited = { ...settings, maxWindows: 2 };
    const first = await scoreWith({}, (model) => scored(model, TEXT, { settings: limited }));
    expectSame(first, 200);
    const range = { start: 500, endExclusive: 530 };
    expectSame(await scoreWith({}, (model) => scored(model, TEXT, { range })), 3);
    const stop = new AbortController();
    const cancelled = (model: LoadedModel) =>
      scored(model, TEXT, { signal: stop.signal, onProgress: () => stop.abort() });
    const resumed = await scoreWith({}, async (model) =>
      scored(model, TEXT, { previous: await cancelled(model) }),
    );
    expectSame(resumed, 400);
  });
});

describe.each(Object.entries(MODELS))("samples by %s", (_, path) => {
  it("are the same texts with the same numbers at every width", async () => {
    const model = await engine.load(path, LOAD);
    const prompt = await engine.tokenizePrompt(model.id, [
      { text: "The fox", parseSpecial: false },
    ]);
    const draw = async (width: number, samples: readonly number[]): Promise<Sample[]> => {
      const drawn: Sample[] = [];
      const sampler = { temperature: 1, topK: 0, topP: 0.9, minP: 0 };
      const request = { model: model.id, prompt, samples, width, maxTokens: 16, seed: 3, sampler };
      await engine.sample(request, (sample) => drawn.push(sample));
      return drawn.sort((a, b) => a.index - b.index);
    };
    const all = Array.from({ length: 40 }, (_, i) => i);
    const [first, ...others] = [await draw(40, all), await draw(1, all), await draw(8, all)];
    for (const other of others) expect(other).toEqual(first);
    expect(await draw(3, [7, 9])).toEqual([first[7], first[9]]);
    await engine.unload(model.id);
  });
});
