import type { ComparedRows, ComparedWindow } from "../../agreement";
import { type CommonEntries, commonEntries } from "../../commonEntries";
import { cancelled, noDistribution } from "../../errors";
import { createReadout, type DivergenceColumns, type Readout } from "../readout/readout";
import type { Library, Pointer } from "./library";
import type { NativeModel } from "./model";
import type { DecodedRows, WindowScorer } from "./scorer";

/** A model whose rows are compared. */
export interface ComparedModel {
  readonly library: Library;
  readonly model: NativeModel;
  readonly scorer: WindowScorer;
}

export interface CompareOptions {
  /** The processor has threads for both models at a time. */
  readonly isSideBySide: boolean;
  readonly giveWay: () => Promise<void>;
  readonly signal: AbortSignal;
}

const FLOAT_BYTES = 4;

/** Decodes windows with two models, batch by batch, and holds the rows of one against the other's. */
export class Comparison {
  private readonly common: CommonEntries;
  private readonly sides: readonly [ComparedSide, ComparedSide];
  /** Holds one row of each model. */
  private readonly readout: Readout;

  constructor(
    models: readonly [ComparedModel, ComparedModel],
    readoutWasm: Uint8Array<ArrayBuffer>,
  ) {
    const [first, second] = models;
    this.common = commonEntries(first.model.vocabulary, second.model.vocabulary);
    const { ids, areAll } = this.common;
    this.readout = createReadout(readoutWasm, ids[0].length, 2);
    const sideOf = (place: 0 | 1) =>
      new ComparedSide(models[place], this.readout, place, areAll ? null : ids[place], readoutWasm);
    this.sides = [sideOf(0), sideOf(1)];
  }

  /** @throws EngineError `ContextTooSmall` before the first, `NoDistribution`, `Cancelled` between two batches */
  async compare(
    windows: readonly ComparedWindow[],
    onRows: (rows: ComparedRows) => void,
    options: CompareOptions,
  ): Promise<void> {
    for (const window of windows) {
      this.sides.forEach(({ scorer }, i) => scorer.checkRoom(window.tokens[i]!));
    }
    for (const [i, window] of windows.entries()) {
      await this.compareWindow(window, (rows) => onRows({ window: i, ...rows }), options);
    }
  }

  private async compareWindow(
    { tokens, scoredStart }: ComparedWindow,
    onRows: (rows: Omit<ComparedRows, "window">) => void,
    { isSideBySide, giveWay, signal }: CompareOptions,
  ): Promise<void> {
    const [first, second] = this.sides;
    const batch = Math.min(first.scorer.batchSize, second.scorer.batchSize);
    const decoded = this.sides.map(({ scorer }, i) =>
      scorer.decoded({ tokens: tokens[i]!, scoredStart }, batch),
    ) as [AsyncGenerator<DecodedRows>, AsyncGenerator<DecodedRows>];
    for (;;) {
      await giveWay();
      if (signal.aborted) throw cancelled();
      const left = decoded[0].next();
      if (!isSideBySide) await left;
      const both = [left, decoded[1].next()] as const;
      // Where one fails, the other's context still decodes: nobody else may use it before.
      await Promise.allSettled(both);
      const [ours, theirs] = await Promise.all(both);
      if (ours.done || theirs.done) return;
      if (ours.value.first < ours.value.end) onRows(this.read(ours.value, theirs.value));
    }
  }

  /** Rows `first .. end` of both. */
  private read(ours: DecodedRows, theirs: DecodedRows): Omit<ComparedRows, "window"> {
    const { common, sides, readout } = this;
    const { first: start } = ours;
    const count = ours.end - start;
    const found: DivergenceColumns = {
      first: new Float64Array(count),
      second: new Float64Array(count),
      firstTop: new Int32Array(count),
      secondTop: new Int32Array(count),
    };
    const agrees = new Uint8Array(count);
    const shares = common.areAll
      ? null
      : ([new Float64Array(count), new Float64Array(count)] as const);
    for (let row = 0; row < count; row++) {
      sides[0].put(ours.logits, row);
      sides[1].put(theirs.logits, row);
      if (!readout.diverge(0, 1, found, row)) throw noDistribution(this.nameOfFaulty());
      agrees[row] = found.firstTop[row] === found.secondTop[row] ? 1 : 0;
      if (shares === null) continue;
      shares[0][row] = sides[0].commonShare(found.firstTop[row]!);
      shares[1][row] = sides[1].commonShare(found.secondTop[row]!);
    }
    return {
      start: start + 1,
      count,
      first: found.first,
      second: found.second,
      agrees,
      common: shares,
    };
  }

  /** Of the model whose row has no distribution. */
  private nameOfFaulty(): string {
    const [first, second] = this.sides;
    return (first.hasDistribution() ? second : first).name;
  }
}

/** One of two models, and its row among the entries that both have. */
class ComparedSide {
  readonly scorer: WindowScorer;
  readonly name: string;
  private readonly library: Library;
  private readonly size: number;
  /** Where its row stands. */
  private readonly row: Float32Array;
  /** All entries of its row; null: those are the common ones. */
  private readonly whole: Readout | null;
  private readonly one = { logProbability: new Float64Array(1), distribution: null };

  /** @param ids of the common entries; null: all in their order */
  constructor(
    { library, model, scorer }: ComparedModel,
    private readonly readout: Readout,
    private readonly place: 0 | 1,
    private readonly ids: Int32Array | null,
    readoutWasm: Uint8Array<ArrayBuffer>,
  ) {
    this.library = library;
    this.name = model.name;
    this.scorer = scorer;
    this.size = model.vocabulary.attributes.length;
    const { rows, vocabularySize } = readout;
    this.row = rows.subarray(place * vocabularySize, (place + 1) * vocabularySize);
    this.whole = ids === null ? null : createReadout(readoutWasm, this.size, 1);
  }

  /** Takes a row up. @param logits of the rows that were decoded */
  put(logits: Pointer, row: number): void {
    const { library, size, ids, whole } = this;
    const bytes = size * FLOAT_BYTES;
    const from = logits + BigInt(row) * BigInt(bytes);
    if (whole === null) {
      library.memcpy(this.row, from, bytes);
      return;
    }
    library.memcpy(whole.rows, from, bytes);
    for (let i = 0; i < ids!.length; i++) this.row[i] = whole.rows[ids![i]!]!;
  }

  /** Probability of all common entries together. @param entry that has some */
  commonShare(entry: number): number {
    this.whole!.reduce(0, this.ids![entry]!, this.one, 0);
    const ofAll = this.one.logProbability[0]!;
    this.readout.reduce(this.place, entry, this.one, 0);
    return Math.exp(ofAll - this.one.logProbability[0]!);
  }

  hasDistribution(): boolean {
    this.readout.reduce(this.place, 0, this.one, 0);
    return !Number.isNaN(this.one.logProbability[0]);
  }
}
