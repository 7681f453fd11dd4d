import type { DistributionRequest, ScoredRows, ScoreRequest } from "../../engine";
import { BLOCK, roundDown, roundUp } from "../../blocks";
import { unscoredDistributions } from "../../distributions";
import { cancelled, EngineError, noDistribution } from "../../errors";
import type { Readout } from "../readout/readout";
import type { Context } from "./context";
import { decodeError } from "./decodeError";
import type { Library, Pointer } from "./library";
import type { NativeModel } from "./model";
import { Slots } from "./slots";

const FLOAT_BYTES = 4;
/** Stands where a window ends inside a block: nothing before it sees it. */
const FILLER = 0;

/**
 * Scores windows of tokens: decodes what is not cached, in whole blocks with all their logits or none, and reduces every
 * wanted row of logits to its columns.
 */
export class WindowScorer {
  private readonly slots: Slots;

  constructor(
    private readonly library: Library,
    private readonly model: Pick<NativeModel, "name" | "positions">,
    private readonly context: Context,
    private readonly readout: Readout,
    /** Tokens decoded at a time, whole blocks. */
    private readonly batchSize: number,
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
    const { tokens, scoredStart, distribution } = request;
    const room = this.context.shape.tokensPerSequence;
    if (tokens.length > room) {
      throw new EngineError(
        "ContextTooSmall",
        `A window of ${tokens.length} tokens does not fit into a context of ${room}. Choose a smaller window, or a shorter prompt.`,
      );
    }
    // Row p predicts token p + 1: the rows before the first wanted token and before the last one are the ends.
    const firstRow = scoredStart - 1;
    const endRow = tokens.length - 1;
    const firstLogits = roundDown(firstRow, BLOCK);
    const end = Math.max(endRow, Math.min(roundUp(endRow, BLOCK), this.model.positions));
    const { sequence, reused } = this.prepareSlot(tokens, firstRow);
    for (let position = reused; position < end; position += this.batchSize) {
      if (signal.aborted) throw cancelled();
      const batchEnd = Math.min(position + this.batchSize, end);
      await this.decode(tokens, sequence, position, batchEnd, firstLogits);
      this.slots.hold(sequence, tokens.slice(0, batchEnd));
      const first = Math.max(position, firstRow);
      const last = Math.min(batchEnd, endRow);
      const skipped = first - Math.max(position, firstLogits);
      if (first < last) onRows(this.reduce(tokens, first, last, skipped, distribution));
    }
  }

  /** Chooses the sequence to decode in and cuts it back to what the window shares with it. */
  private prepareSlot(tokens: Int32Array, limit: number): { sequence: number; reused: number } {
    const { library, context } = this;
    const { sequence, reused } = this.slots.place(tokens, limit);
    // Recurrent models can't forget a tail; then the window is decoded anew.
    const isCut = library.llama_memory_seq_rm(context.memory, sequence, reused, -1) as boolean;
    if (!isCut) library.llama_memory_seq_rm(context.memory, sequence, -1, -1);
    const kept = isCut ? reused : 0;
    this.slots.hold(sequence, tokens.slice(0, kept));
    return { sequence, reused: kept };
  }

  /** Decodes positions `start .. end`, with logits from position `firstLogits` on. */
  private async decode(
    tokens: Int32Array,
    sequence: number,
    start: number,
    end: number,
    firstLogits: number,
  ): Promise<void> {
    const { batch, handle } = this.context;
    const count = end - start;
    for (let i = 0; i < count; i++) {
      batch.token[i] = tokens[start + i] ?? FILLER;
      batch.position[i] = start + i;
      batch.sequence[i] = sequence;
      batch.wantsLogits[i] = start + i >= firstLogits ? 1 : 0;
    }
    const status = await batch.decodeBeside(handle, count);
    if (status !== 0) throw decodeError(status);
  }

  /** Reduces rows `first .. end` of the last batch, whose logits begin `skipped` rows before; each predicts the token after it. */
  private reduce(
    tokens: Int32Array,
    first: number,
    end: number,
    skipped: number,
    distribution: DistributionRequest | null,
  ): ScoredRows {
    const { library, readout } = this;
    const count = end - first;
    const rows: ScoredRows = {
      start: first + 1,
      count,
      logProbability: new Float64Array(count),
      distribution: distribution && unscoredDistributions(count, distribution.topK),
    };
    const logits = library.llama_get_logits(this.context.handle) as Pointer;
    const rowBytes = readout.vocabularySize * FLOAT_BYTES;
    for (let row = 0; row < count; row += readout.rowsPerBlock) {
      const block = Math.min(readout.rowsPerBlock, count - row);
      const start = logits + BigInt(skipped + row) * BigInt(rowBytes);
      library.memcpy(readout.rows, start, block * rowBytes);
      for (let i = 0; i < block; i++) {
        readout.reduce(i, tokens[first + row + i + 1]!, rows, row + i);
        if (Number.isNaN(rows.logProbability[row + i])) throw noDistribution(this.model.name);
      }
    }
    return rows;
  }
}
