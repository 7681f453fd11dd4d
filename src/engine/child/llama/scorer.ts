import type { ScoredRows, ScoreRequest, ScoreTextsRequest, WindowTokens } from "../../engine";
import { cancelled } from "../../errors";
import type { Readout } from "../readout/readout";
import type { Context } from "./context";
import { decodeError } from "./decodeError";
import { checkRoom, type DecodePlan, decodePlan } from "./decodePlan";
import type { Library, Pointer } from "./library";
import type { NativeModel } from "./model";
import { packsOf } from "./packs";
import { logitsOf, type Part, putPart, wantedRows } from "./part";
import { RowReader, type WantedColumns } from "./rowReader";
import { Slots } from "./slots";

const FLOAT_BYTES = 4;

/** How several texts are scored. */
export interface PackingOptions {
  /** Texts decoded together, at most. */
  readonly together: number;
  /** Waits between two decodes, so that other calls have their turn. */
  readonly giveWay: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Rows whose logits a context holds until it decodes again; none where `first` is not below `end`. Row p predicts token p + 1. */
export interface DecodedRows {
  readonly first: number;
  readonly end: number;
  /** Of the first, then of the others, 32-bit floats, `[row][id]`. */
  readonly logits: Pointer;
}

/**
 * Scores windows of tokens: decodes what is not cached, in whole blocks with all their logits or none, and reduces every
 * wanted row of logits to its columns.
 */
export class WindowScorer {
  private readonly slots: Slots;
  private readonly reader: RowReader;

  constructor(
    private readonly library: Library,
    private readonly model: Pick<NativeModel, "name" | "positions" | "vocabulary">,
    private readonly context: Context,
    readout: Readout,
    /** Tokens decoded at a time, whole blocks. */
    readonly batchSize: number,
  ) {
    this.slots = new Slots(context.shape.sequences);
    this.reader = new RowReader(library, model, context, readout);
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
    this.checkRoom(request.tokens);
    const plan = decodePlan(request, this.model.positions);
    const { sequence, reused } = this.prepareSlot(plan, plan.firstRow);
    for (let start = reused; start < plan.end; start += this.batchSize) {
      if (signal.aborted) throw cancelled();
      const end = Math.min(start + this.batchSize, plan.end);
      await this.decode([{ plan, sequence, start, end }], request, (_, rows) => onRows(rows));
    }
  }

  /**
   * Scores windows that are texts of their own, short ones several in a decode; `onRows` gets each batch's rows of a text.
   * @throws EngineError as of `score`, `ContextTooSmall` before the first
   */
  async scoreTexts(
    request: ScoreTextsRequest,
    onRows: (text: number, rows: ScoredRows) => void,
    { together, giveWay, signal }: PackingOptions,
  ): Promise<void> {
    const { texts } = request;
    for (const { tokens } of texts) this.checkRoom(tokens);
    const plans = texts.map((text) => decodePlan(text, this.model.positions));
    const sequences = Math.min(together, this.context.shape.sequences);
    const lengths = plans.map(({ end }) => end);
    for (const pack of packsOf(lengths, sequences, this.batchSize)) {
      await giveWay();
      if (signal.aborted) throw cancelled();
      const [first] = pack as [number];
      if (pack.length === 1) {
        const alone = { ...request, ...texts[first]! };
        await this.score(alone, (rows) => onRows(first, rows), signal);
      } else {
        const parts = pack.map((text, sequence) => this.begin(plans[text]!, sequence));
        await this.decode(parts, request, (part, rows) => onRows(pack[part]!, rows));
      }
    }
  }

  /** @throws EngineError `ContextTooSmall` */
  checkRoom(tokens: Int32Array): void {
    checkRoom(tokens, this.context.shape.tokensPerSequence);
  }

  /**
   * Decodes all of a window, for whoever reads its logits: what other windows have left is not used, so that two models decode the
   * same batches.
   * @param batchSize tokens decoded at a time, whole blocks
   * @returns the wanted rows of each batch
   */
  async *decoded(window: WindowTokens, batchSize: number): AsyncGenerator<DecodedRows> {
    const { library, context, model } = this;
    const plan = decodePlan(window, model.positions);
    const { sequence } = this.prepareSlot(plan, 0);
    for (let start = 0; start < plan.end; start += batchSize) {
      const part = { plan, sequence, start, end: Math.min(start + batchSize, plan.end) };
      await this.decodeParts([part]);
      const { first, end, skipped } = wantedRows(part);
      const logits = library.llama_get_logits(context.handle) as Pointer;
      const skippedBytes =
        BigInt(skipped) * BigInt(model.vocabulary.attributes.length * FLOAT_BYTES);
      yield { first, end, logits: logits + skippedBytes };
    }
  }

  /**
   * Chooses the sequence to decode in and cuts it back to what the window shares with it.
   * @param most tokens that may be reused
   */
  private prepareSlot({ tokens }: DecodePlan, most: number): { sequence: number; reused: number } {
    const { library, context } = this;
    const { sequence, reused } = this.slots.place(tokens, most);
    // Recurrent models can't forget a tail; then the window is decoded anew.
    const isCut = library.llama_memory_seq_rm(context.memory, sequence, reused, -1) as boolean;
    if (!isCut) this.clear(sequence);
    const kept = isCut ? reused : 0;
    this.slots.hold(sequence, tokens.slice(0, kept));
    return { sequence, reused: kept };
  }

  /** All of a text, in a sequence that is made free for it. */
  private begin(plan: DecodePlan, sequence: number): Part {
    this.clear(sequence);
    this.slots.hold(sequence, plan.tokens.slice(0, 0));
    return { plan, sequence, start: 0, end: plan.end };
  }

  private clear(sequence: number): void {
    this.library.llama_memory_seq_rm(this.context.memory, sequence, -1, -1);
  }

  /** Decodes equally long parts of windows, in sequences that follow each other, and reads the wanted rows of each. */
  private async decode(
    parts: readonly Part[],
    columns: WantedColumns,
    onRows: (part: number, rows: ScoredRows) => void,
  ): Promise<void> {
    await this.decodeParts(parts);
    let logits = 0;
    parts.forEach((part, number) => {
      const wanted = wantedRows(part);
      const skipped = logits + wanted.skipped;
      if (wanted.first < wanted.end) {
        onRows(number, this.reader.read({ ...wanted, skipped }, columns));
      }
      logits += logitsOf(part);
    });
  }

  private async decodeParts(parts: readonly Part[]): Promise<void> {
    const { batch, handle } = this.context;
    let count = 0;
    for (const part of parts) count = putPart(batch, part, count);
    const status = await batch.decodeBeside(handle, count);
    if (status !== 0) throw decodeError(status);
    for (const { plan, sequence, end } of parts) {
      this.slots.hold(sequence, plan.tokens.slice(0, end));
    }
  }
}
