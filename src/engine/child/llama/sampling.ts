import type { ContinueRequest, NumberedPrompt, Sample, SampleRequest } from "../../engine";
import { roundUp, sequencesOf } from "../../blocks";
import { cancelled, EngineError } from "../../errors";
import { createReadout, rowsPerBlock } from "../readout/readout";
import { type ContextShape, createContext } from "./context";
import { Drawing, type Start } from "./drawing";
import type { Library } from "./library";
import type { NativeModel } from "./model";
import { drawingPolicy } from "./policy";
import { PROMPT_BATCH, Sequences } from "./sequences";

/** llama.cpp rounds a sequence's cache up to this. */
const CACHE_STEP = 256;

/** What draws: a model, and how it decodes. */
export interface Drawer {
  readonly library: Library;
  readonly model: NativeModel;
  readonly decoding: Pick<ContextShape, "attention" | "threads">;
  readonly readoutWasm: Uint8Array<ArrayBuffer>;
}

export interface DrawOptions {
  /** Gets each sample when it ends, and now and then the number of tokens drawn so far. */
  readonly emit: (event: Sample | number) => void;
  /** Waits between two steps, so that other calls have their turn. */
  readonly giveWay: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Draws continuations of one prompt, which is decoded once.
 * @throws EngineError as of `continuePrompts`
 */
export function drawSamples(
  drawer: Drawer,
  { prompt, samples, ...request }: SampleRequest,
  options: DrawOptions,
): Promise<void> {
  const prompts = samples.map((index) => ({ index, tokens: prompt }));
  return continuePrompts(drawer, { ...request, prompts }, options);
}

/**
 * Draws a continuation of each prompt, up to `width` at a time: a prompt is decoded by itself and copied to the sequence that
 * goes on from it; a sequence that ends is refilled with the next. Each step decodes one batch with one row of every running sequence,
 * filled up to whole groups: a continuation is the same whatever others are drawn with it.
 * @throws EngineError `TextTooShort`, `ContextTooSmall`, `OutOfMemory`, `NoDistribution`, `Cancelled` between two decodes (finished samples stay valid)
 */
export async function continuePrompts(
  { library, model, decoding, readoutWasm }: Drawer,
  request: ContinueRequest,
  { emit, giveWay, signal }: DrawOptions,
): Promise<void> {
  const { seed, sampler } = request;
  const starts = request.prompts.map((prompt) => startOf(prompt, request.maxTokens, model));
  if (starts.length === 0) return;
  const width = sequencesOf(request.width, starts.length);
  const longest = starts.reduce(
    (most, { prompt, maxTokens }) => Math.max(most, prompt.length + maxTokens),
    0,
  );
  const context = createContext(library, model, {
    // One more sequence keeps the prompt.
    sequences: width + 1,
    tokensPerSequence: roundUp(longest, CACHE_STEP),
    maxBatch: Math.max(PROMPT_BATCH, width),
    ...decoding,
  });
  const nextTurn = async () => {
    await giveWay();
    if (signal.aborted) throw cancelled();
  };
  try {
    const vocabularySize = model.vocabulary.attributes.length;
    const readout = createReadout(readoutWasm, vocabularySize, rowsPerBlock(vocabularySize));
    const sequences = new Sequences(library, context, readout, width);
    const choose = drawingPolicy(readout, sampler);
    const drawing = new Drawing({ sequences, choose, model, starts, seed, emit });
    await drawing.run(width, nextTurn);
  } finally {
    context.dispose();
  }
}

function startOf(
  { index, tokens: prompt }: NumberedPrompt,
  most: number,
  { name, trainedContext }: NativeModel,
): Start {
  if (prompt.length === 0) {
    throw new EngineError(
      "TextTooShort",
      `A prompt has no tokens, and ${name} puts none before it: there is nothing to go on from. Write a word.`,
    );
  }
  const maxTokens = Math.min(most, trainedContext - prompt.length);
  if (maxTokens < 1) {
    throw new EngineError(
      "ContextTooSmall",
      `The prompt has ${prompt.length} tokens; ${name} was trained with a context of ${trainedContext}. Shorten the prompt.`,
    );
  }
  return { prompt, index, maxTokens };
}
