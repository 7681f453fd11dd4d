import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Engine, LoadedModel, LoadOptions } from "../../src/engine/engine";
import { startEngine } from "../../src/engine/local/client";
import { scoreText, type ScoreTextRequest } from "../../src/jobs/scoring/scoreText";
import type { TextScores } from "../../src/protocol/textScores";
import type { WindowSettings } from "../../src/protocol/scores";

/** The real engine in its child process; the tests' set-up has built it. */
export function startTestEngine(onLog: (line: string) => void = () => undefined): Engine {
  const script = resolve("dist/engine.mjs");
  if (!existsSync(script))
    throw new Error("dist/engine.mjs is missing: run `npm run build` first.");
  return startEngine({ script, onLog });
}

/** On the processor; one thread suits tiny models. */
export const LOAD: LoadOptions = {
  gpu: "off",
  window: 0,
  batch: 64,
  threads: 1,
  windowMemoryBytes: 32 * 2 ** 20,
};

export const STRIDED: WindowSettings = {
  mode: "strided",
  window: 0,
  stride: 0,
  maxWindows: 0,
  bos: "auto",
};

/** Scores a text with defaults that a test overrides. */
export async function score(
  engine: Engine,
  model: LoadedModel,
  text: string,
  options: Partial<ScoreTextRequest> = {},
): Promise<TextScores> {
  const ready = await engine.prepareScoring(model);
  const distribution = { topK: 10 };
  return scoreText({ engine, model: ready, text, settings: STRIDED, distribution, ...options });
}

/** exp of the mean of -ln p over scored tokens. */
export function perplexity(scores: TextScores): number {
  const scored = scores.columns.logProbability.filter((p) => !Number.isNaN(p));
  return Math.exp(-scored.reduce((sum, p) => sum + p, 0) / scored.length);
}
