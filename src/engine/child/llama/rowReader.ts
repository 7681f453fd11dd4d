import type { WordBoundary } from "../../../protocol/scores";
import type { ScoredRows, ScoreRequest } from "../../engine";
import { boundaryEntries } from "../../boundaryEntries";
import { unscoredDistributions } from "../../distributions";
import { noDistribution } from "../../errors";
import type { Readout } from "../readout/readout";
import type { Context } from "./context";
import type { Library, Pointer } from "./library";
import type { NativeModel } from "./model";

const FLOAT_BYTES = 4;

/** Some rows of a window, and where their logits are. */
export interface ReadRows {
  readonly tokens: Int32Array;
  /** Rows `first .. end`, of which each predicts the token after it. */
  readonly first: number;
  readonly end: number;
  /** Logits of the last decode that stand before theirs. */
  readonly skipped: number;
}

/** What is asked for. */
export type WantedColumns = Pick<ScoreRequest, "distribution" | "boundary">;

/** Reduces rows of the logits that a context has decoded last to what is asked for. */
export class RowReader {
  /** What the readout has been told of words' ends. */
  private boundary: WordBoundary | null = null;

  constructor(
    private readonly library: Library,
    private readonly model: Pick<NativeModel, "name" | "vocabulary">,
    private readonly context: Context,
    private readonly readout: Readout,
  ) {}

  /** @throws EngineError `NoDistribution` */
  read(
    { tokens, first, end, skipped }: ReadRows,
    { distribution, boundary = null }: WantedColumns,
  ): ScoredRows {
    const { library, readout } = this;
    const count = end - first;
    const rows: ScoredRows = {
      start: first + 1,
      count,
      logProbability: new Float64Array(count),
      distribution: distribution && unscoredDistributions(count, distribution.topK),
      ...(boundary && { boundary: new Float64Array(count) }),
    };
    if (boundary) this.prepareBoundary(boundary);
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

  private prepareBoundary(boundary: WordBoundary): void {
    if (boundary === this.boundary) return;
    this.readout.sumOver(boundaryEntries(this.model.vocabulary, boundary));
    this.boundary = boundary;
  }
}
