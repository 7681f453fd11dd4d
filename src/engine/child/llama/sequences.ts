import { roundUp, STEP_ROWS } from "../../blocks";
import type { Readout } from "../readout/readout";
import type { Context } from "./context";
import { decodeError } from "./decodeError";
import type { Library, Pointer } from "./library";

/** Prompt tokens decoded at a time, at most; also the least capacity of the batch. */
export const PROMPT_BATCH = 256;
const FLOAT_BYTES = 4;

/** What a sequence holds behind the prompt, its last token not decoded yet. */
interface Tail {
  readonly lastToken: number;
  /** Tokens, ≥ 1. */
  readonly length: number;
}

/**
 * Sequences of one context that go on from prompts. Those in use are always the first ones, without holes: llama.cpp
 * decodes only consecutive sequences together, and would cut the batch in two at each hole.
 */
export class Sequences {
  /** The prompt that is kept, and the row after it. */
  private prompt: Int32Array = new Int32Array(0);
  private readonly promptRow: Float32Array;
  /** Tokens of the prompt in each sequence. */
  private readonly promptLengths: Uint32Array;

  /**
   * @param context with one more sequence than `width`, which keeps a prompt
   * @param readout gets the rows of logits
   */
  constructor(
    private readonly library: Library,
    private readonly context: Context,
    private readonly readout: Readout,
    private readonly width: number,
  ) {
    this.promptRow = new Float32Array(readout.vocabularySize);
    this.promptLengths = new Uint32Array(width + 1);
  }

  /**
   * Keeps a prompt: decodes it, by itself, into the sequence behind the others, and takes the logits of its last token. The one that is
   * kept is not decoded again.
   * @param nextTurn waits between two batches; a cancel rejects it
   */
  async keepPrompt(prompt: Int32Array, nextTurn: () => Promise<void>): Promise<void> {
    const { context, library } = this;
    if (prompt === this.prompt) return;
    this.clear(this.width);
    for (let start = 0; start < prompt.length; start += PROMPT_BATCH) {
      await nextTurn();
      const count = Math.min(PROMPT_BATCH, prompt.length - start);
      for (let i = 0; i < count; i++) {
        const position = start + i;
        this.put(i, prompt[position]!, position, this.width, position === prompt.length - 1);
      }
      this.decode(count);
    }
    const logits = library.llama_get_logits(context.handle) as Pointer;
    library.memcpy(this.promptRow, logits, this.promptRow.byteLength);
    this.prompt = prompt;
    this.promptLengths[this.width] = prompt.length;
  }

  /** Reads the row after the kept prompt as row 0 of the readout's block. */
  readPromptRow(): void {
    this.readout.rows.set(this.promptRow);
  }

  /** Makes a sequence hold the kept prompt. */
  begin(sequence: number): void {
    this.copy(this.width, sequence);
  }

  copy(from: number, to: number): void {
    const { library, context } = this;
    this.clear(to);
    library.llama_memory_seq_cp(context.memory, from, to, -1, -1);
    this.promptLengths[to] = this.promptLengths[from]!;
  }

  /**
   * Decodes the last token of each of the first sequences. Free ones fill up the last group of rows, so that no number depends on
   * how many there are.
   * @param tails `[sequence]`
   * @param visit gets each sequence's row in the readout's block, while it is there
   */
  step(tails: readonly Tail[], visit: (row: number, sequence: number) => void): void {
    const rows = roundUp(tails.length, STEP_ROWS);
    for (let sequence = tails.length; sequence < rows; sequence++) {
      // It decodes a prompt's first token; its row is thrown away.
      this.clear(sequence);
      this.put(sequence, this.prompt[0]!, 0, sequence, true);
    }
    tails.forEach(({ lastToken, length }, sequence) =>
      this.put(sequence, lastToken, this.promptLengths[sequence]! + length - 1, sequence, true),
    );
    this.decode(rows);
    this.forEachRow(tails.length, visit);
  }

  /** Copies logits block by block into the kernel's memory. */
  private forEachRow(count: number, visit: (row: number, i: number) => void): void {
    const { readout, library, context } = this;
    const logits = library.llama_get_logits(context.handle) as Pointer;
    const rowBytes = readout.vocabularySize * FLOAT_BYTES;
    for (let start = 0; start < count; start += readout.rowsPerBlock) {
      const block = Math.min(readout.rowsPerBlock, count - start);
      library.memcpy(readout.rows, logits + BigInt(start) * BigInt(rowBytes), block * rowBytes);
      for (let row = 0; row < block; row++) visit(row, start + row);
    }
  }

  private clear(sequence: number): void {
    this.library.llama_memory_seq_rm(this.context.memory, sequence, -1, -1);
  }

  private put(
    entry: number,
    token: number,
    position: number,
    sequence: number,
    wantsLogits: boolean,
  ): void {
    const { batch } = this.context;
    batch.token[entry] = token;
    batch.position[entry] = position;
    batch.sequence[entry] = sequence;
    batch.wantsLogits[entry] = wantsLogits ? 1 : 0;
  }

  private decode(count: number): void {
    const { batch, handle } = this.context;
    const status = batch.decode(handle, count);
    if (status !== 0) throw decodeError(status);
  }
}
