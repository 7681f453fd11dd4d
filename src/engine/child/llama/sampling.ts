import type { Sample, SampleRequest } from "../../engine";
import { roundUp, sequencesOf, STEP_ROWS } from "../../blocks";
import { cancelled, EngineError, noDistribution } from "../../errors";
import { isControl, textOfPieces } from "../../pieces";
import { createReadout, type Readout, rowsPerBlock } from "../readout/readout";
import { type Generator, sampleGenerator } from "../../../analysis/statistics/random";
import { type Context, type ContextShape, createContext } from "./context";
import type { Library, Pointer } from "./library";
import type { NativeModel } from "./model";
import { decodeError } from "./scorer";

/** Prompt tokens decoded at a time, at most; also the least capacity of the batch. */
const PROMPT_BATCH = 256;
/** llama.cpp rounds a sequence's cache up to this. */
const CACHE_STEP = 256;
const PROGRESS_MS = 100;
const FLOAT_BYTES = 4;

/**
 * Draws continuations of one prompt, up to `width` at a time: the prompt is decoded once and copied to each sequence;
 * a sequence that ends is refilled with the next number. Each step decodes one batch with one row of every running sequence,
 * filled up to whole groups: a sample is the same however many others are drawn with it.
 * @param nextTurn waits between two steps, so that other calls have their turn
 * @throws EngineError `ContextTooSmall`, `OutOfMemory`, `NoDistribution`, `Cancelled` between two steps (finished samples stay valid)
 */
export async function drawSamples(
  library: Library,
  model: NativeModel,
  decoding: Pick<ContextShape, "attention" | "threads">,
  readoutWasm: Uint8Array<ArrayBuffer>,
  request: SampleRequest,
  emit: (event: Sample | number) => void,
  nextTurn: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const maxTokens = Math.min(request.maxTokens, model.trainedContext - request.prompt.length);
  if (maxTokens < 1) {
    throw new EngineError(
      "ContextTooSmall",
      `The prompt has ${request.prompt.length} tokens; ${model.name} was trained with a context of ${model.trainedContext}. Shorten the prompt.`,
    );
  }
  const width = sequencesOf(request.width, request.samples.length);
  const context = createContext(library, model, {
    // One more sequence keeps the prompt.
    sequences: width + 1,
    tokensPerSequence: Math.ceil((request.prompt.length + maxTokens) / CACHE_STEP) * CACHE_STEP,
    maxBatch: Math.max(PROMPT_BATCH, width),
    ...decoding,
  });
  try {
    const vocabularySize = model.vocabulary.attributes.length;
    const readout = createReadout(readoutWasm, vocabularySize, rowsPerBlock(vocabularySize));
    const drawing = new Drawing(library, model, context, readout, request, width, maxTokens, emit);
    await drawing.run(nextTurn, signal);
  } finally {
    context.dispose();
  }
}

/** A continuation that grows. */
interface Running {
  readonly index: number;
  readonly random: Generator;
  readonly ids: Int32Array;
  readonly logProbability: Float32Array;
  readonly entropy: Float32Array;
  readonly rank: Uint32Array;
  length: number;
}

class Drawing {
  private readonly endTokens: ReadonlySet<number>;
  private readonly promptRow: Float32Array;
  private readonly waiting: number[];
  /**
   * The sample in each sequence, by its number. There are no holes: llama.cpp decodes only consecutive
   * sequences together, and would cut the batch in two at each hole.
   */
  private readonly running: Running[] = [];
  private tokens = 0;
  private lastProgress = 0;

  constructor(
    private readonly library: Library,
    private readonly model: NativeModel,
    private readonly context: Context,
    private readonly readout: Readout,
    private readonly request: SampleRequest,
    private readonly width: number,
    private readonly maxTokens: number,
    private readonly emit: (event: Sample | number) => void,
  ) {
    this.endTokens = new Set(model.vocabulary.endOfGeneration);
    this.promptRow = new Float32Array(readout.vocabularySize);
    this.waiting = [...request.samples];
  }

  async run(nextTurn: () => Promise<void>, signal: AbortSignal): Promise<void> {
    await this.decodePrompt(nextTurn, signal);
    for (let sequence = 0; sequence < this.width; sequence++) {
      if (!this.startNext(sequence)) break;
    }
    while (this.running.length > 0) {
      await nextTurn();
      if (signal.aborted) throw cancelled();
      this.step();
      this.reportTokens();
    }
    this.emit(this.tokens);
  }

  /** Decodes the prompt into the sequence behind the others and keeps the logits of its last token. */
  private async decodePrompt(nextTurn: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { prompt } = this.request;
    const { batch, handle } = this.context;
    for (let start = 0; start < prompt.length; start += PROMPT_BATCH) {
      await nextTurn();
      if (signal.aborted) throw cancelled();
      const count = Math.min(PROMPT_BATCH, prompt.length - start);
      for (let i = 0; i < count; i++) {
        batch.token[i] = prompt[start + i]!;
        batch.position[i] = start + i;
        batch.sequence[i] = this.width;
        batch.wantsLogits[i] = start + i === prompt.length - 1 ? 1 : 0;
      }
      const status = batch.decode(handle, count);
      if (status !== 0) throw decodeError(status);
    }
    const logits = this.library.llama_get_logits(handle) as Pointer;
    this.library.memcpy(this.promptRow, logits, this.promptRow.byteLength);
  }

  /** Starts waiting samples in a free sequence until one goes on after its first token; false: none does. */
  private startNext(sequence: number): boolean {
    while (this.waiting.length > 0) {
      const sample = this.create(this.waiting.shift()!);
      this.readout.rows.set(this.promptRow);
      if (!this.advance(sample, 0)) continue;
      this.copySequence(this.width, sequence);
      this.running[sequence] = sample;
      return true;
    }
    return false;
  }

  /** Moves the sample of the last sequence into a free one. */
  private fillWithLast(sequence: number): void {
    const last = this.running.pop()!;
    if (sequence === this.running.length) return;
    this.copySequence(this.running.length, sequence);
    this.running[sequence] = last;
  }

  private copySequence(from: number, to: number): void {
    const { library, context } = this;
    library.llama_memory_seq_rm(context.memory, to, -1, -1);
    library.llama_memory_seq_cp(context.memory, from, to, -1, -1);
  }

  /** Decodes the last token of every running sequence and draws the next ones. */
  private step(): void {
    const { batch, handle } = this.context;
    const rows = roundUp(this.running.length, STEP_ROWS);
    for (let sequence = this.running.length; sequence < rows; sequence++) this.fill(sequence);
    this.running.forEach((sample, sequence) => {
      batch.token[sequence] = sample.ids[sample.length - 1]!;
      batch.position[sequence] = this.request.prompt.length + sample.length - 1;
      batch.sequence[sequence] = sequence;
      batch.wantsLogits[sequence] = 1;
    });
    const status = batch.decode(handle, rows);
    if (status !== 0) throw decodeError(status);
    const logits = this.library.llama_get_logits(handle) as Pointer;

    const ended: number[] = [];
    this.forEachRow(logits, this.running.length, (row, sequence) => {
      if (!this.advance(this.running[sequence]!, row)) ended.push(sequence);
    });
    const free = ended.filter((sequence) => !this.startNext(sequence));
    for (const sequence of free.reverse()) this.fillWithLast(sequence);
  }

  /** Lets a free sequence decode the prompt's first token, whose row is thrown away. */
  private fill(sequence: number): void {
    const { library, context, request } = this;
    const { batch, memory } = context;
    library.llama_memory_seq_rm(memory, sequence, -1, -1);
    batch.token[sequence] = request.prompt[0]!;
    batch.position[sequence] = 0;
    batch.sequence[sequence] = sequence;
    batch.wantsLogits[sequence] = 1;
  }

  /** Copies logits block by block into the kernel's memory; `visit` gets the row there and its number. */
  private forEachRow(
    logits: Pointer,
    count: number,
    visit: (row: number, i: number) => void,
  ): void {
    const { readout, library } = this;
    const rowBytes = readout.vocabularySize * FLOAT_BYTES;
    for (let start = 0; start < count; start += readout.rowsPerBlock) {
      const block = Math.min(readout.rowsPerBlock, count - start);
      library.memcpy(readout.rows, logits + BigInt(start) * BigInt(rowBytes), block * rowBytes);
      for (let row = 0; row < block; row++) visit(row, start + row);
    }
  }

  /** Draws a token from `row`; false when the sample has ended (and was emitted). */
  private advance(sample: Running, row: number): boolean {
    const { readout, request } = this;
    const token = readout.draw(row, request.sampler, sample.random(), sample, sample.length);
    if (token < 0) throw noDistribution(this.model.name);
    if (this.endTokens.has(token)) {
      this.finish(sample, "end");
      return false;
    }
    sample.ids[sample.length++] = token;
    this.tokens++;
    if (sample.length < this.maxTokens) return true;
    this.finish(sample, "length");
    return false;
  }

  private finish(sample: Running, ended: Sample["ended"]): void {
    const { vocabulary } = this.model;
    const ids = sample.ids.slice(0, sample.length);
    const words = ids.filter((id) => !isControl(vocabulary, id));
    this.emit({
      index: sample.index,
      ids,
      text: textOfPieces(vocabulary, words),
      logProbability: sample.logProbability.slice(0, sample.length),
      entropy: sample.entropy.slice(0, sample.length),
      rank: sample.rank.slice(0, sample.length),
      ended,
    });
  }

  private create(index: number): Running {
    return {
      index,
      random: sampleGenerator(this.request.seed, index),
      ids: new Int32Array(this.maxTokens),
      logProbability: new Float32Array(this.maxTokens),
      entropy: new Float32Array(this.maxTokens),
      rank: new Uint32Array(this.maxTokens),
      length: 0,
    };
  }

  private reportTokens(): void {
    const now = Date.now();
    if (now - this.lastProgress < PROGRESS_MS) return;
    this.lastProgress = now;
    this.emit(this.tokens);
  }
}
