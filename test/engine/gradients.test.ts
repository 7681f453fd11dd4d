/**
 * Gradients are those of the loss: along any direction the loss changes as they say. In this process, for only here gradients can
 * be read.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/analysis/statistics/random";
import { Backend } from "../../src/engine/child/llama/backend";
import { type OpenedBuild, openBuild } from "../../src/engine/child/llama/builds";
import { GgufHeader } from "../../src/engine/child/llama/ggufHeader";
import type { Pointer } from "../../src/engine/child/llama/library";
import { loadModel, type NativeModel } from "../../src/engine/child/llama/model";
import { Training } from "../../src/engine/child/training/training";
import type { TrainRequest } from "../../src/engine/training";
import { type ModelOptions, testModel } from "../support/models";
import { learnablePiece, learnableTokens } from "../support/training";

let build: OpenedBuild;
let backend: Backend;
beforeAll(async () => {
  build = await openBuild("off", null, () => undefined);
  backend = Backend.processor(build.library, 1);
});
afterAll(() => backend.dispose());

const LENGTH = 48;
/** Two pieces, of which one predicts its last tokens alone, and a row that belongs to none. */
const WINDOW = {
  pieces: [learnablePiece(30, 1, 256), { tokens: learnableTokens(19, 2, 256), scoredStart: 9 }],
};
const TOKENS = 29 + 10;

const noTurn = () => Promise.resolve();

async function open(
  options: Partial<ModelOptions>,
  weights: TrainRequest["weights"],
): Promise<{ training: Training; model: NativeModel }> {
  const ready = new AbortController().signal;
  const model = await loadModel(build, testModel(options), () => undefined, ready);
  const header = GgufHeader.ofModel(build.library, model.path);
  const settings = { weights, length: LENGTH, learningRate: 1, weightDecay: 0, seed: 3 };
  const training = new Training(backend, model, header, settings);
  header.close();
  training.hold();
  await training.begin(backend, noTurn);
  return { training, model };
}

function read(tensor: Pointer, length: number): Float32Array {
  const values = new Float32Array(length);
  build.library.ggml_backend_tensor_get(tensor, values, 0, values.byteLength);
  return values;
}

function write(tensor: Pointer, values: Float32Array): void {
  build.library.ggml_backend_tensor_set(tensor, values, 0, values.byteLength);
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const norm = (a: Float32Array) => Math.sqrt(dot(a, a));

/** How fast the mean loss grows along a direction of length 1, by central differences. */
async function slope(
  training: Training,
  tensor: Pointer,
  direction: Float32Array,
  width: number,
): Promise<number> {
  const before = read(tensor, direction.length);
  const lossAt = async (distance: number) => {
    write(
      tensor,
      before.map((x, i) => x + distance * direction[i]!),
    );
    return (await training.lossOf(WINDOW)) / TOKENS;
  };
  const difference = (await lossAt(width)) - (await lossAt(-width));
  write(tensor, before);
  return difference / (2 * width);
}

const MODELS: Record<string, Partial<ModelOptions>> = {
  llama: { name: "train-llama" },
  qwen2: { name: "train-qwen2", architecture: "qwen2" },
  qwen3: { name: "train-qwen3", architecture: "qwen3" },
  olmo2: { name: "train-olmo2", architecture: "olmo2" },
};

const WEIGHTS = { "all weights": "all", "an adapter": { rank: 4, alpha: 8 } } as const;

describe.each(Object.keys(MODELS))("gradients of %s", (name) => {
  it.each(Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[])("of %s", async (kind) => {
    const { training, model } = await open(MODELS[name]!, WEIGHTS[kind]);
    const { parameters } = training.trainable;
    const random = seededRandom(5);
    // An adapter's A has no gradient while its B is zero.
    for (const [key, { tensor, length, height }] of parameters) {
      if (!key.endsWith(".lora_b")) continue;
      write(
        tensor,
        Float32Array.from({ length: length * height }, () => (random() - 0.5) / 2),
      );
    }
    await training.descend(WINDOW, TOKENS);
    for (const [key, { tensor, length, height }] of parameters) {
      const size = length * height;
      const gradient = read(training.optimiser.moments.get(key)!.gradient, size);
      const steepness = norm(gradient);
      expect(steepness, key).toBeGreaterThan(0);
      const width = Math.min(0.02, 0.01 / steepness) * Math.max(1, norm(read(tensor, size)) / 20);
      const steepest = gradient.map((x) => x / steepness);
      const found = await slope(training, tensor, steepest, width);
      expect(Math.abs(found - steepness) / steepness, `${key}, steepest`).toBeLessThan(0.01);
      const any = Float32Array.from({ length: size }, () => random() - 0.5);
      const reach = norm(any);
      const other = any.map((x) => x / reach);
      const along = await slope(training, tensor, other, width);
      const away = Math.abs(along - dot(gradient, other)) / steepness;
      expect(away, `${key}, any direction`).toBeLessThan(0.01);
    }
    training.dispose();
    build.library.llama_model_free(model.handle);
  });
});
