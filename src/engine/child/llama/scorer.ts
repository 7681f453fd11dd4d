import type { ScoredRows, ScoreRequest, ScoreTextsRequest } from "../../engine";
import { cancelled } from "../../errors";
import type { Readout } from "../readout/readout";
import type { Context } from "./context";
import { decodeError } from "./decodeError";
import { checkRoom, type DecodePlan, decodePlan } from "./decodePlan";
import type { Library } from "./library";
import type { NativeModel } from "./model";
import { packsOf } from "./packs";
import { logitsOf, type Part, putPart, wantedRows } from "./part";
import { RowReader } from "./rowReader";
import { Slots } from "./slots";

/** How several texts are scored. */
export interface PackingOptions {
  /** Texts decoded together, at most. */
  readonly together: number;
  /** Waits between two decodes, so that other calls have their turn. */
  readonly giveWay: () => Promise<void>;
  readonly signal: AbortSignal;
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
    private readonly model: Pick<NativeModel, "name" | "positions">,
    private readonly context: Context,
    readout: Readout,
    /** Tokens decoded at a time, whole blocks. */
    private readonly batchSize: number,
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
    const { sequence, reused } = this.prepareSlot(plan);
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

  private checkRoom(tokens: Int32Array): void {
    checkRoom(tokens, this.context.shape.tokensPerSequence);
  }

  /** Chooses the sequence to decode in and cuts it back to what the window shares with it. */
  private prepareSlot({ tokens, firstRow }: DecodePlan): { sequence: number; reused: number } {
    const { library, context } = this;
    const { sequence, reused } = this.slots.place(tokens, firstRow);
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
    { distribution }: Pick<ScoreRequest, "distribution">,
    onRows: (part: number, rows: ScoredRows) => void,
  ): Promise<void> {
    const { batch, handle } = this.context;
    let count = 0;
    for (const part of parts) count = putPart(batch, part, count);
    const status = await batch.decodeBeside(handle, count);
    if (status !== 0) throw decodeError(status);
    let logits = 0;
    parts.forEach((part, number) => {
      const { plan, sequence, end } = part;
      this.slots.hold(sequence, plan.tokens.slice(0, end));
      const wanted = wantedRows(part);
      const skipped = logits + wanted.skipped;
      if (wanted.first < wanted.end) {
        onRows(number, this.reader.read({ ...wanted, skipped }, distribution));
      }
      logits += logitsOf(part);
    });
  }
}
