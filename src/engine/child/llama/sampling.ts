import type { Sample, SampleRequest } from "../../engine";
import { sequencesOf } from "../../blocks";
import { cancelled, EngineError } from "../../errors";
import { createReadout, rowsPerBlock } from "../readout/readout";
import { type ContextShape, createContext } from "./context";
import { Drawing } from "./drawing";
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
 * Draws continuations of one prompt, up to `width` at a time: the prompt is decoded once and copied to each sequence;
 * a sequence that ends is refilled with the next number. Each step decodes one batch with one row of every running sequence,
 * filled up to whole groups: a sample is the same however many others are drawn with it.
 * @throws EngineError `ContextTooSmall`, `OutOfMemory`, `NoDistribution`, `Cancelled` between two steps (finished samples stay valid)
 */
export async function drawSamples(
  { library, model, decoding, readoutWasm }: Drawer,
  request: SampleRequest,
  { emit, giveWay, signal }: DrawOptions,
): Promise<void> {
  const { prompt, sampler } = request;
  const maxTokens = Math.min(request.maxTokens, model.trainedContext - prompt.length);
  if (maxTokens < 1) {
    throw new EngineError(
      "ContextTooSmall",
      `The prompt has ${prompt.length} tokens; ${model.name} was trained with a context of ${model.trainedContext}. Shorten the prompt.`,
    );
  }
  const width = sequencesOf(request.width, request.samples.length);
  const context = createContext(library, model, {
    // One more sequence keeps the prompt.
    sequences: width + 1,
    tokensPerSequence: Math.ceil((prompt.length + maxTokens) / CACHE_STEP) * CACHE_STEP,
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
    const sequences = new Sequences(library, context, readout, prompt, width);
    const choose = drawingPolicy(readout, sampler);
    const { samples, seed } = request;
    const drawing = new Drawing({ sequences, choose, model, samples, seed, maxTokens, emit });
    await drawing.run(width, nextTurn);
  } finally {
    context.dispose();
  }
}
