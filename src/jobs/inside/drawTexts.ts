/** Texts that a model writes after given beginnings, several after each. */
import type { Engine, LoadedModel, NumberedPrompt, Sample } from "../../engine/engine";

export interface TextsToDraw {
  readonly engine: Engine;
  readonly model: LoadedModel;
  /** As the model reads them, BOS included. */
  readonly beginnings: readonly Int32Array[];
  /** After each. */
  readonly samples: number;
  /** Of a text, at most. */
  readonly maxTokens: number;
  readonly topP: number;
  readonly seed: number;
  /** What is there already. */
  readonly has: (beginning: number, sample: number) => boolean;
  readonly onText: (text: DrawnText) => void;
  /** Tokens drawn so far. */
  readonly onTokens?: (tokens: number) => void;
  readonly signal: AbortSignal;
}

export interface DrawnText {
  /** Number of what it goes on from, and its own among those that do. */
  readonly beginning: number;
  readonly sample: number;
  readonly text: string;
  readonly ended: Sample["ended"];
}

/** Texts that are drawn at once; no text depends on it. */
const WIDTH = 32;

/** @throws EngineError as of `Engine.continuePrompts` */
export async function drawTexts(request: TextsToDraw): Promise<void> {
  const { engine, model, beginnings, samples, maxTokens, topP, seed, signal } = request;
  const missing: NumberedPrompt[] = beginnings.flatMap((tokens, beginning) =>
    Array.from({ length: samples }, (_, sample) => ({
      index: beginning * samples + sample,
      tokens,
    })).filter(({ index }) => !request.has(beginning, index % samples)),
  );
  if (missing.length === 0) return;
  await engine.continuePrompts(
    {
      model: model.id,
      prompts: missing,
      width: WIDTH,
      maxTokens,
      seed,
      sampler: { temperature: 1, topK: 0, topP, minP: 0 },
    },
    ({ index, text, ended }) => {
      const beginning = Math.floor(index / samples);
      request.onText({ beginning, sample: index % samples, text, ended });
    },
    request.onTokens,
    signal,
  );
}
