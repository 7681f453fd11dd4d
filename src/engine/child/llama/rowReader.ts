import type { DistributionRequest, ScoredRows } from "../../engine";
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

/** Reduces rows of the logits that a context has decoded last to what is asked for. */
export class RowReader {
  constructor(
    private readonly library: Library,
    private readonly model: Pick<NativeModel, "name">,
    private readonly context: Context,
    private readonly readout: Readout,
  ) {}

  /** @throws EngineError `NoDistribution` */
  read(
    { tokens, first, end, skipped }: ReadRows,
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
