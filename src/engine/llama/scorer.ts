import { CONCENTRATION_KS } from "../../protocol/scores";
import type { ScoredRows, ScoreRequest } from "../engine";
import { cancelled, EngineError, noDistribution } from "../errors";
import type { Readout } from "../readout/readout";
import type { Context } from "./context";
import type { Library, Pointer } from "./library";
import { Slots } from "./slots";

const FLOAT_BYTES = 4;

/** Scores windows of tokens: decodes what is not cached, and reduces every wanted row of logits to its columns. */
export class WindowScorer {
  private readonly slots: Slots;

  constructor(
    private readonly library: Library,
    private readonly modelName: string,
    private readonly context: Context,
    private readonly readout: Readout,
    /** Tokens decoded at a time. */
    readonly batchSize: number,
  ) {
    this.slots = new Slots(context.shape.sequences);
  }

  /**
   * Scores tokens `scoredStart ..` of a window; `onRows` gets each batch's rows.
   * @throws EngineError `Cancelled` between two batches, `ContextTooSmall`, `NoDistribution`
   */
  async score(
    request: ScoreRequest,
    onRows: (rows: ScoredRows) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { tokens, scoredStart, topK } = request;
    const room = this.context.shape.tokensPerSequence;
    if (tokens.length > room) {
      throw new EngineError(
        "ContextTooSmall",
        `A window of ${tokens.length} tokens does not fit into a context of ${room}. Choose a smaller window, or a shorter prompt.`,
      );
    }
    // Row p predicts token p + 1, so the row before the first wanted token is the first one needed. The last token is
    // decoded too: when text is appended, the window goes on from there.
    const firstRow = scoredStart - 1;
    const end = tokens.length;
    const { sequence, reused } = this.prepareSlot(tokens, firstRow);
    for (let position = reused; position < end; position += this.batchSize) {
      if (signal.aborted) throw cancelled();
      const count = Math.min(this.batchSize, end - position);
      await this.decode(tokens, sequence, position, count, firstRow);
      this.slots.hold(sequence, tokens.slice(0, position + count));
      const first = Math.max(position, firstRow);
      const last = Math.min(position + count, end - 1);
      if (first < last) onRows(this.reduce(tokens, first, last, topK));
    }
  }

  /** Chooses the sequence to decode in and cuts it back to what the window shares with it. */
  private prepareSlot(tokens: Int32Array, limit: number): { sequence: number; reused: number } {
    const { library, context } = this;
    const place = this.slots.place(tokens, limit);
    // Recurrent models can't forget a tail; then the window is decoded anew.
    if (library.llama_memory_seq_rm(context.memory, place.sequence, place.reused, -1)) return place;
    library.llama_memory_seq_rm(context.memory, place.sequence, -1, -1);
    return { sequence: place.sequence, reused: 0 };
  }

  private async decode(
    tokens: Int32Array,
    sequence: number,
    position: number,
    count: number,
    firstRow: number,
  ): Promise<void> {
    const { batch, handle } = this.context;
    for (let i = 0; i < count; i++) {
      batch.token[i] = tokens[position + i]!;
      batch.position[i] = position + i;
      batch.sequence[i] = sequence;
      batch.wantsLogits[i] = position + i >= firstRow && position + i < tokens.length - 1 ? 1 : 0;
    }
    const status = await batch.decodeBeside(handle, count);
    if (status !== 0) throw decodeError(status);
  }

  /** Reduces rows `first .. end` of the last batch; each predicts the token after it. */
  private reduce(tokens: Int32Array, first: number, end: number, topK: number): ScoredRows {
    const { library, readout } = this;
    const count = end - first;
    const rows = emptyRows(first + 1, count, topK);
    const logits = library.llama_get_logits(this.context.handle) as Pointer;
    const rowBytes = readout.vocabularySize * FLOAT_BYTES;
    for (let row = 0; row < count; row += readout.rowsPerBlock) {
      const block = Math.min(readout.rowsPerBlock, count - row);
      library.memcpy(readout.rows, logits + BigInt(row) * BigInt(rowBytes), block * rowBytes);
      for (let i = 0; i < block; i++) {
        readout.reduce(i, tokens[first + row + i + 1]!, topK, rows, row + i);
        if (rows.rank[row + i] === 0) throw noDistribution(this.modelName);
      }
    }
    return rows;
  }
}

export function decodeError(status: number): EngineError {
  return status === 1
    ? new EngineError("ContextTooSmall", "The context has no room left. Choose a smaller window.")
    : new EngineError(
        "EngineCrashed",
        `llama.cpp could not decode a batch (status ${status}). Load the model again; if that does not help, it is damaged.`,
      );
}

/** Columns for `count` tokens from token `start` on. */
function emptyRows(start: number, count: number, topK: number): ScoredRows {
  return {
    start,
    count,
    logProbability: new Float64Array(count),
    rank: new Uint32Array(count),
    entropy: new Float32Array(count),
    coverage: new Uint32Array(count),
    concentration: new Uint16Array(count * CONCENTRATION_KS.length),
    topId: new Int32Array(count * topK),
    topLogProbability: new Float32Array(count * topK),
  };
}
