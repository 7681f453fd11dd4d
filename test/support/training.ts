import { rmSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../src/analysis/statistics/random";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import type {
  TrainingEvent,
  TrainingPiece,
  TrainingWindow,
  TrainRequest,
} from "../../src/engine/training";

/** Tokens of a text in which each is the one before plus 1, 2 or 3, among 40: easily learned, BOS first. */
export function learnableTokens(length: number, seed: number, bos: number | null): Int32Array {
  const random = seededRandom(seed);
  const tokens = new Int32Array(length);
  tokens.forEach((_, i) => {
    const before = i === 0 ? 0 : tokens[i - 1]! - 100;
    tokens[i] = 100 + ((before + 1 + Math.floor(random() * 3)) % 40);
  });
  if (bos !== null) tokens[0] = bos;
  return tokens;
}

export function learnablePiece(length: number, seed: number, bos: number | null): TrainingPiece {
  return { tokens: learnableTokens(length, seed, bos), scoredStart: 1 };
}

/** A small request that learns such texts: 12 steps of two windows, measured every 4. */
export function smallRequest(
  { id, vocabulary }: LoadedModel,
  folder: string,
  options: Partial<TrainRequest> = {},
): TrainRequest {
  const text = (length: number, seed: number) => learnablePiece(length, seed, vocabulary.bos);
  const window = (seed: number): TrainingWindow => ({
    pieces: [text(30, seed), text(20, seed + 500)],
  });
  return {
    model: id,
    weights: { rank: 4, alpha: 8 },
    learningRate: 0.01,
    weightDecay: 0,
    seed: 1,
    length: 48,
    steps: Array.from({ length: 12 }, (_, i) => [window(2 * i), window(2 * i + 1)]),
    choose: [text(40, 901), text(17, 902)],
    report: [text(49, 903)],
    interval: 4,
    out: join(folder, "out.gguf"),
    checkpoint: join(folder, "out.checkpoint"),
    modelSha256: null,
    ...options,
  };
}

/** Trains, and gives all that was heard of it. */
export async function trained(engine: Engine, request: TrainRequest, signal?: AbortSignal) {
  const events: TrainingEvent[] = [];
  const result = await engine.train(request, (event) => events.push(event), signal);
  return { result, events, ...curveOf(events) };
}

export function curveOf(events: readonly TrainingEvent[]) {
  const losses = events.flatMap((event) => (event.kind === "step" ? [event.loss] : []));
  const measured = events.flatMap((event) => (event.kind === "measured" ? [event] : []));
  return { losses, measured };
}

/** Nothing of a training before. */
export function forget({ out, checkpoint }: TrainRequest): void {
  for (const path of [out, checkpoint]) rmSync(path, { force: true });
}
