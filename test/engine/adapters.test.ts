/** A model with a low-rank adapter is a model of other weights (docs/definitions.md, "Adapters"). */
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  Engine,
  LoadedModel,
  Sample,
  ScoredRows,
  WindowTokens,
} from "../../src/engine/engine";
import { isRewritten, modelDigest } from "../../src/engine/modelFiles";
import type { LensRequest } from "../../src/engine/probes";
import {
  adaptedWeights,
  type AdapterOptions,
  adapterTensors,
  writeAdapter,
} from "../support/adapters";
import { LOAD, startTestEngine } from "../support/engine";
import { writeGguf } from "../support/gguf";
import { llamaStates } from "../support/llamaForward";
import { type ModelOptions, testModel, testWeights, TINY } from "../support/models";
import { inventedTokens, statesOf } from "../support/readStates";

const SHAPE: ModelOptions = { ...TINY, name: "adapted" };
const { embedding, feedForward, heads, kvHeads, layers } = SHAPE;
const KEYS = (embedding / heads) * kvHeads;

/** Every matrix of a Llama model's layers. */
const LAYERS: AdapterOptions["weights"] = Object.fromEntries(
  Array.from({ length: layers }, (_, i) => `blk.${i}`).flatMap((block) => [
    [`${block}.attn_q.weight`, [embedding, embedding] as const],
    [`${block}.attn_k.weight`, [embedding, KEYS] as const],
    [`${block}.attn_v.weight`, [embedding, KEYS] as const],
    [`${block}.attn_output.weight`, [embedding, embedding] as const],
    [`${block}.ffn_gate.weight`, [embedding, feedForward] as const],
    [`${block}.ffn_up.weight`, [embedding, feedForward] as const],
    [`${block}.ffn_down.weight`, [feedForward, embedding] as const],
  ]),
);

let folder: string;
let engine: Engine;
let path: string;
let vocabulary: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-adapters-"));
  engine = startTestEngine();
  path = testModel(SHAPE);
  vocabulary = (await engine.load(path, LOAD)).facts.vocabularySize;
});
afterAll(() => {
  engine.dispose();
  rmSync(folder, { recursive: true });
});

const file = (name: string) => join(folder, name);

/** In the layers alone; with a change of the name, another one. */
const PROSE: AdapterOptions = { rank: 4, alpha: 6, seed: 11, spread: 0.05, weights: LAYERS };

function written(name: string, options: Partial<AdapterOptions> = {}): string {
  writeAdapter(file(name), { ...PROSE, ...options });
  return file(name);
}

const load = (adapter: string | null, model = path): Promise<LoadedModel> =>
  engine.load(model, { ...LOAD, adapter });

async function scored({ id }: LoadedModel, window: WindowTokens): Promise<Float64Array> {
  const found: number[] = [];
  const take = ({ logProbability }: ScoredRows) => found.push(...logProbability);
  await engine.score({ model: id, ...window, distribution: null }, take);
  return Float64Array.from(found);
}

/** ln p of each token but the first, as the architecture has it in exact arithmetic. */
function expected(weights: ReadonlyMap<string, Float32Array>, tokens: Int32Array): number[] {
  const states = llamaStates(weights, SHAPE, tokens)[layers]!;
  const norm = weights.get("output_norm.weight")!;
  const output = weights.get("output.weight")!;
  return states.slice(0, -1).map((state, i) => {
    const size = Math.sqrt(state.reduce((sum, x) => sum + x * x, 0) / embedding + 1e-5);
    const logits = Array.from({ length: output.length / embedding }, (_, row) =>
      state.reduce((sum, x, d) => sum + (x / size) * norm[d]! * output[row * embedding + d]!, 0),
    );
    const most = Math.max(...logits);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
    return logits[tokens[i + 1]!]! - most - Math.log(total);
  });
}

describe("a model with an adapter", () => {
  const tokens = inventedTokens(130, 3);

  it.each([
    ["of every matrix of its layers", {}],
    ["of the output matrix and the embeddings as well", { weights: "all" }],
    ["of one matrix, in 16 bits", { type: "F16", rank: 1, spread: 0.5, weights: "one" }],
    ["without a scale of its own", { metadata: { "adapter.lora.alpha": null } }],
  ] as const)("%s scores as W + alpha / rank · B · A", async (name, { ...given }) => {
    const weights = {
      all: {
        ...LAYERS,
        "output.weight": [embedding, vocabulary],
        "token_embd.weight": [embedding, vocabulary],
      } as const,
      one: { "blk.1.ffn_up.weight": [embedding, feedForward] } as const,
    };
    const which = "weights" in given ? weights[given.weights] : LAYERS;
    const options: AdapterOptions = { ...PROSE, ...given, weights: which };
    const model = await load(written(`${name}.gguf`, options));
    const found = await scored(model, { tokens, scoredStart: 1 });
    // llama.cpp takes the product as it is where no alpha is given.
    const exact = "metadata" in given ? { ...options, alpha: options.rank } : options;
    const truth = expected(adaptedWeights(testWeights(SHAPE), exact), tokens);
    const plain = expected(testWeights(SHAPE), tokens);
    const distance = (other: readonly number[]) =>
      Math.max(...found.map((p, i) => Math.abs(p - other[i]!)));
    // Beside 16-bit numbers llama.cpp rounds what it multiplies by them.
    expect(distance(truth)).toBeLessThan("type" in given ? 0.03 : 5e-3);
    expect(distance(plain)).toBeGreaterThan(0.1);
    await engine.unload(model.id);
  });
});

describe("all that is computed with an adapter", () => {
  const windows: readonly WindowTokens[] = [20, 64, 65, 20, 129, 64].map((length, i) => ({
    tokens: inventedTokens(length, i),
    scoredStart: 1,
  }));
  let adapted: LoadedModel;
  let plain: LoadedModel;
  beforeAll(async () => {
    [plain, adapted] = [await load(null), await load(written("prose.gguf"))];
  });

  it("is beside the model without it, which is another one", async () => {
    expect(adapted.id).not.toBe(plain.id);
    const again = await engine.load(path, LOAD);
    expect(again.id).toBe(plain.id);
    const [before] = [await scored(plain, windows[4]!)];
    const after = await scored(adapted, windows[4]!);
    expect(after).not.toEqual(before);
    expect(await scored(plain, windows[4]!)).toEqual(before);
    expect(await scored(adapted, windows[4]!)).toEqual(after);
  });

  it("is gone once the model is loaded without it", async () => {
    const { id } = await load(written("passing.gguf", { seed: 5 }));
    await engine.unload(id);
    await engine.unload(plain.id);
    const before = await scored(adapted, windows[3]!);
    plain = await load(null);
    const truth = expected(testWeights(SHAPE), windows[3]!.tokens);
    const found = await scored(plain, windows[3]!);
    found.forEach((p, i) => expect(p).toBeCloseTo(truth[i]!, 2));
    expect(await scored(adapted, windows[3]!)).toEqual(before);
  });

  it("has the same bits alone and beside others", async () => {
    const rows: number[][] = windows.map(() => []);
    const request = { model: adapted.id, texts: windows, distribution: null };
    await engine.scoreTexts(request, (text, { logProbability }) =>
      rows[text]!.push(...logProbability),
    );
    for (const [i, window] of windows.entries()) {
      expect(rows[i]).toEqual([...(await scored(adapted, window))]);
    }
  });

  it("is drawn by all ways of drawing, whatever is drawn beside it, and scored alike", async () => {
    const prompt = windows[0]!.tokens;
    const sampler = { temperature: 1, topK: 0, topP: 1, minP: 0 };
    const drawing = { model: adapted.id, maxTokens: 24, seed: 1, sampler };
    const draw = async (width: number, model = adapted.id) => {
      const found: Sample[] = [];
      const request = { ...drawing, model, width, prompt, samples: [0, 1, 2] };
      await engine.sample(request, (sample) => found.push(sample));
      return found.sort((a, b) => a.index - b.index);
    };
    const samples = await draw(8);
    expect(await draw(1)).toEqual(samples);
    expect(await draw(8, plain.id)).not.toEqual(samples);
    const continued: Sample[] = [];
    const prompts = [0, 1, 2].map((index) => ({ index, tokens: prompt }));
    const request = { ...drawing, width: 8, prompts };
    await engine.continuePrompts(request, (sample) => continued.push(sample));
    expect(continued.sort((a, b) => a.index - b.index)).toEqual(samples);
    const { ids, logProbability } = samples[0]!;
    const tokens = Int32Array.of(...prompt, ...ids);
    const again = await scored(adapted, { tokens, scoredStart: prompt.length });
    again.forEach((p, i) => expect(p).toBeCloseTo(logProbability[i]!, 2));
  });

  it("has the states of the changed weights", async () => {
    const { tokens } = windows[2]!;
    const { values } = await statesOf(engine, adapted, [{ tokens, start: 0 }], [1, layers]);
    const truth = llamaStates(adaptedWeights(testWeights(SHAPE), PROSE), SHAPE, tokens);
    for (const [place, layer] of [1, layers].entries()) {
      values[place]!.forEach((state, row) => {
        const difference = state.map((x, d) => x - truth[layer]![row]![d]!);
        expect(Math.hypot(...difference) / Math.hypot(...state)).toBeLessThan(2e-3);
      });
    }
  });

  it("is counted and named", async () => {
    const { facts } = await engine.prepareScoring(adapted);
    const without = await engine.prepareScoring(plain);
    const bytes = readFileSync(facts.adapter!);
    expect(facts).toMatchObject({
      name: "adapted + prose.gguf",
      adapter: file("prose.gguf"),
      adapterFacts: {
        sha256: createHash("sha256").update(bytes).digest("hex"),
        madeOf: null,
      },
    });
    expect(facts.memoryBytes).toBe(without.facts.memoryBytes + bytes.length);
    expect(without.facts).toMatchObject({ name: "adapted", adapter: null, adapterFacts: null });
    expect(facts.identity.stamp).not.toBe(without.facts.identity.stamp);
  });

  it("is another model once the adapter was written anew", async () => {
    const adapter = written("changing.gguf");
    const before = await load(adapter);
    expect(isRewritten(before.facts)).toBe(false);
    written("changing.gguf", { rank: 2 });
    expect(isRewritten(before.facts)).toBe(true);
    const after = await load(adapter);
    expect(after.id).not.toBe(before.id);
    expect(await scored(after, windows[0]!)).not.toEqual(await scored(before, windows[0]!));
    expect(await modelDigest(after.facts)).toBe(
      createHash("sha256").update(readFileSync(path)).update(readFileSync(adapter)).digest("hex"),
    );
  });
});

describe("an adapter that can't be added", () => {
  const named = { code: "AdapterUnreadable" };
  const attn = { "blk.0.attn_q.weight": [embedding, embedding] } as const;

  it("is named where it is no adapter's file", async () => {
    await expect(load(file("gone.gguf"))).rejects.toMatchObject(named);
    await expect(load(folder)).rejects.toMatchObject(named);
    writeFileSync(file("text.gguf"), "This is no adapter at all.\n");
    await expect(load(file("text.gguf"))).rejects.toMatchObject(named);
    writeFileSync(file("empty.gguf"), "");
    await expect(load(file("empty.gguf"))).rejects.toThrow(/is empty/);
    await expect(load(path)).rejects.toThrow(/is a model, and no adapter.* Choose a LoRA adapter/);
    await expect(load(null, written("prose.gguf"))).rejects.toThrow(/is an adapter, and no model/);
  });

  it("is named where it is damaged, wherever", async () => {
    const whole = readFileSync(written("whole.gguf"));
    for (const share of [0.001, 0.05, 0.2, 0.9, 0.999]) {
      writeFileSync(file("cut.gguf"), whole.subarray(0, Math.floor(whole.length * share)));
      await expect(load(file("cut.gguf")), `${share}`).rejects.toMatchObject(named);
    }
  });

  it.each([
    ["of another kind", { "adapter.type": { type: "string", value: "vera" } }, /"vera"/],
    ["that says no kind", { "adapter.type": null }, /no low-rank adapter/],
    ["whose type is no text", { "general.type": { type: "u32", value: 1 } }, /no adapter/],
    ["whose scale is no number", { "adapter.lora.alpha": { type: "f32", value: NaN } }, /alpha/],
    ["whose scale is a text", { "adapter.lora.alpha": { type: "string", value: "6" } }, /alpha/],
    [
      "that begins with certain tokens",
      { "adapter.alora.invocation_tokens": { type: "i32s", value: Int32Array.of(1) } },
      /activated adapter \(aLoRA\)/,
    ],
  ] as const)("is named where it is one %s", async (_, metadata, message) => {
    const adapter = written("kind.gguf", { metadata });
    await expect(load(adapter)).rejects.toMatchObject({
      ...named,
      message: expect.stringMatching(message) as string,
    });
  });

  it("is named where a matrix has a name that is no text", async () => {
    const bytes = readFileSync(written("named.gguf", { weights: attn }));
    bytes[bytes.indexOf("attn_q")] = 0xff;
    writeFileSync(file("named.gguf"), bytes);
    await expect(load(file("named.gguf"))).rejects.toMatchObject(named);
  });

  it("is named where matrices are missing, or none of a pair", async () => {
    const tensors = adapterTensors({ ...PROSE, weights: attn });
    const write = (kept: typeof tensors) => {
      writeGguf(
        file("parts.gguf"),
        Object.fromEntries(
          [
            ["general.type", "adapter"],
            ["general.architecture", "llama"],
            ["adapter.type", "lora"],
          ].map(([key, value]) => [key!, { type: "string", value: value! }] as const),
        ),
        kept,
      );
      return load(file("parts.gguf"));
    };
    await expect(write([])).rejects.toThrow(/changes no weights/);
    await expect(write(tensors.slice(0, 1))).rejects.toThrow(
      /one of two matrices for blk.0.attn_q/,
    );
    const norm = { ...tensors[0]!, name: "blk.0.attn_norm.weight" };
    await expect(write([...tensors, norm])).rejects.toThrow(/holds blk.0.attn_norm.weight/);
  });

  it.each([
    ["another architecture", { architecture: "qwen2" }, /"qwen2", the model of "llama"/],
    [
      "a weight that the model lacks",
      { weights: { "blk.9.attn_q.weight": [64, 64] } },
      /no blk\.9/,
    ],
    ["longer rows", { weights: { "blk.0.attn_q.weight": [96, 64] } }, /96 × 4 and 4 × 64/],
    ["more rows", { weights: { "blk.0.attn_k.weight": [64, 64] } }, /do not give 64 × 32/],
    ["weights that are left out", { weights: { "blk.0.attn_norm.weight": [64, 1] } }, /leave out/],
  ] as const)("is named where it is of %s", async (_, options, message) => {
    await expect(load(written("other.gguf", options))).rejects.toMatchObject({
      code: "AdapterMismatch",
      message: expect.stringMatching(message) as string,
    });
  });

  it("is named where the embeddings that it changes are the output matrix as well", async () => {
    const tied = testModel({ ...SHAPE, name: "adapted-tied", omit: ["output.weight"] });
    const weights = { "token_embd.weight": [embedding, vocabulary] } as const;
    await expect(load(written("embeddings.gguf", { weights }), tied)).rejects.toMatchObject({
      code: "AdapterMismatch",
    });
    const { id } = await load(written("layers.gguf"), tied);
    await engine.unload(id);
  });

  it("leaves the engine as it was", async () => {
    const { id, facts } = await load(written("prose.gguf"));
    expect(facts.name).toBe("adapted + prose.gguf");
    await engine.unload(id);
    copyFileSync(path, file("model.gguf"));
    expect((await load(null, file("model.gguf"))).facts.adapter).toBeNull();
  });
});

it("keeps Future Lens from a head that an adapter changes", async () => {
  const weights = { "output.weight": [embedding, vocabulary] } as const;
  const model = await load(written("head.gguf", { weights }));
  const request = { ...NO_ROWS, model: model.id, layer: layers };
  await expect(engine.fitLens(request)).rejects.toMatchObject({
    code: "NoHiddenStates",
    message: expect.stringMatching(/adapter of adapted \+ head\.gguf/) as string,
  });
});

/** What a Future Lens is asked for, without a row. */
const NO_ROWS: Omit<LensRequest, "model" | "layer"> = {
  states: { path: "", layers: [1, 2], dimensions: embedding, rows: 0 },
  rows: { fit: new Uint32Array(0), choose: new Uint32Array(0), report: new Uint32Array(0) },
  lambdas: [1],
  ahead: [0],
  targets: [],
  firstChoice: new Int32Array(0),
};
