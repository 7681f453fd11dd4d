/** Hidden states are those of the model, and belong to the numbers of scoring (docs/definitions.md, "Probes"). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import type { StatesRows, StatesWindow } from "../../src/engine/states";
import { LOAD, startTestEngine } from "../support/engine";
import { llamaStates } from "../support/llamaForward";
import { type ModelOptions, testModel, testWeights, TINY } from "../support/models";
import { inventedTokens, nearestHalf, statesOf } from "../support/readStates";

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

/** Shorter than a block, whole ones, one more and one less, several batches of `LOAD`; not all from their beginning. */
const WINDOWS: readonly StatesWindow[] = [
  [30, 0],
  [200, 130],
  [64, 1],
  [65, 64],
  [129, 0],
  [1, 0],
  [150, 149],
  [256, 100],
].map(([length, start], number) => ({ tokens: inventedTokens(length!, number), start: start! }));

/** Length of the difference, relative to the length of what is expected. */
function distance(actual: Float64Array, expected: Float64Array): number {
  const length = (vector: Float64Array) => Math.hypot(...vector);
  return length(actual.map((x, i) => x - expected[i]!)) / length(expected);
}

describe.each([
  ["flash", { name: "states-flash", layers: 3, heads: 2, kvHeads: 1 }],
  ["plain", { name: "states-plain", layers: 3, embedding: 96, heads: 8 }],
] as const)("states of a Llama model with heads for %s attention", (_, options) => {
  const shape: ModelOptions = { ...TINY, ...options };
  let model: LoadedModel;
  beforeAll(async () => {
    model = await engine.load(testModel(options), LOAD);
  });

  it("are those of the architecture in exact arithmetic", async () => {
    expect(model.shape).toEqual({ layers: 3, dimensions: shape.embedding });
    const layers = [0, 1, 2, 3];
    const { values } = await statesOf(engine, model, WINDOWS, layers);
    const weights = testWeights(options);
    const expected = WINDOWS.map(({ tokens }) => llamaStates(weights, shape, tokens));
    for (const layer of layers) {
      const rows = WINDOWS.flatMap(({ start }, i) => expected[i]![layer]!.slice(start));
      const distances = values[layer]!.map((state, row) => distance(state, rows[row]!));
      expect(Math.max(...distances)).toBeLessThan(1e-3);
    }
  });

  it("begin with the embeddings, exactly, but for the 16 bits", async () => {
    const { values } = await statesOf(engine, model, WINDOWS, [0]);
    const embeddings = testWeights(options).get("token_embd.weight")!;
    const ids = WINDOWS.flatMap(({ tokens, start }) => [...tokens.subarray(start)]);
    const { embedding } = shape;
    ids.forEach((id, row) => {
      const row32 = embeddings.subarray(id * embedding, (id + 1) * embedding);
      expect([...values[0]![row]!]).toEqual(Array.from(row32, nearestHalf));
    });
  });

  it("are in the order that was asked for, and the same whatever is asked beside them", async () => {
    const all = await statesOf(engine, model, WINDOWS, [0, 1, 2, 3]);
    const some = await statesOf(engine, model, WINDOWS, [3, 1]);
    expect(some.values).toEqual([all.values[3], all.values[1]]);
    const whole = await statesOf(engine, model, [{ ...WINDOWS[7]!, start: 0 }], [2]);
    expect(whole.values[0]!.slice(100)).toEqual(all.values[2]!.slice(-156));
  });

  it("are the same whatever the batch", async () => {
    const larger = { ...LOAD, batch: 256 };
    const other = await engine.load(testModel(options), larger);
    const layers = [0, 1, 2, 3];
    const expected = await statesOf(engine, model, WINDOWS, layers);
    expect(await statesOf(engine, other, WINDOWS, layers)).toEqual(expected);
    await engine.unload(other.id);
  });

  it("come with the numbers of scoring, to the last bit", async () => {
    const { rows } = await statesOf(engine, model, WINDOWS, [2]);
    expect(rows).toEqual(await scoredRows(model, WINDOWS));
  });
});

/** What `scoreTexts` says of the kept tokens and those after them. */
async function scoredRows(
  { id }: LoadedModel,
  windows: readonly StatesWindow[],
): Promise<StatesRows[]> {
  const rows = windows.map(({ tokens, start }, window) => ({
    window,
    // One more token, whatever it is, lets the last one be followed by something.
    followed: Int32Array.of(...tokens, 0),
    start,
    firstChoice: new Int32Array(tokens.length - start),
    logProbability: new Float64Array(tokens.length - start),
  }));
  const texts = rows.map((row) => ({ tokens: row.followed, scoredStart: row.start + 1 }));
  const request = { model: id, texts, distribution: { topK: 1 } };
  await engine.scoreTexts(request, (text, { start, logProbability, distribution }) => {
    const row = rows[text]!;
    row.firstChoice.set(distribution!.topId, start - row.start - 1);
    row.logProbability.set(logProbability, start - row.start - 1);
  });
  return rows.map(({ window, firstChoice, logProbability }) => {
    logProbability[logProbability.length - 1] = NaN;
    return { window, firstChoice, logProbability };
  });
}

it("gives states of a model that has a state of its own beside keys and values", async () => {
  const model = await engine.load(testModel({ name: "states-lfm2", architecture: "lfm2" }), LOAD);
  const { rows, values } = await statesOf(engine, model, WINDOWS, [0, 1, 2]);
  expect(rows).toEqual(await scoredRows(model, WINDOWS));
  const alone = await statesOf(engine, model, WINDOWS.slice(-1), [0, 1, 2]);
  expect(alone.values).toEqual(values.map((layer) => layer.slice(-alone.values[0]!.length)));
});

it("cuts what 16 bits can't hold to the largest that they can", async () => {
  const name = "states-large";
  const window = { tokens: inventedTokens(100, 0), start: 0 };
  const scale = 1e5;
  const metadata = {
    "granite.embedding_scale": { type: "f32", value: scale },
    "granite.logit_scale": { type: "f32", value: 1 },
  } as const;
  const model = await engine.load(testModel({ name, architecture: "granite", metadata }), LOAD);
  const { values } = await statesOf(engine, model, [window], [0]);
  const embeddings = testWeights({ name }).get("token_embd.weight")!;
  const cut = [...values[0]!.entries()].map(([row, state]) =>
    state.map((value, i) => {
      const exact = embeddings[window.tokens[row]! * TINY.embedding + i]! * scale;
      return Math.abs(exact) < 65504 ? 0 : value / Math.sign(exact);
    }),
  );
  expect(new Set(cut.flatMap((row) => [...row]))).toEqual(new Set([0, 65504]));
});
