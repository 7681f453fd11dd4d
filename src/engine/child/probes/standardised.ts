import { EngineError } from "../../errors";
import { blocksOf, rowsOfBlock } from "./blocks";
import type { StateReader } from "./stateReader";
import { cost, type Work } from "./work";

const MOST_ROWS = 4096;

/** A layer's states, each dimension with the mean 0 and the standard deviation 1 over the rows it is measured on; a constant one: 0. */
export class StandardisedLayer {
  private constructor(
    private readonly reader: StateReader,
    private readonly layer: number,
    /** `[dimension]` */
    readonly mean: Float64Array,
    readonly deviation: Float64Array,
  ) {}

  /** @throws EngineError `FileUnreadable`, `NoHiddenStates` where a state is no number, `Cancelled` */
  static async measure(
    reader: StateReader,
    layer: number,
    rows: Uint32Array,
    work: Work,
  ): Promise<StandardisedLayer> {
    const { dimensions } = reader;
    const moments = new Moments(dimensions);
    const size = rowsOfBlock(dimensions, MOST_ROWS);
    const values = new Float32Array(Math.min(size, rows.length) * dimensions);
    for (const block of blocksOf(rows, size)) {
      reader.read(layer, block, values);
      moments.add(values.subarray(0, block.length * dimensions));
      await work.step(cost.pass(block.length, dimensions));
    }
    const { mean, deviation } = moments.result(rows.length);
    if (!deviation.every(Number.isFinite)) throw notNumbers(layer);
    return new StandardisedLayer(reader, layer, mean, deviation);
  }

  get dimensions(): number {
    return this.mean.length;
  }

  /** Writes rows into the first of `out`, `[row][dimension]`. @throws EngineError `FileUnreadable` */
  read(rows: Uint32Array, out: Float32Array): void {
    this.reader.read(this.layer, rows, out);
    standardise(out.subarray(0, rows.length * this.dimensions), this);
  }
}

/** Each dimension's mean and standard deviation, `[dimension]`. */
export type Scale = Pick<StandardisedLayer, "mean" | "deviation">;

/** In place, `[row][dimension]`. */
export function standardise(values: Float32Array, { mean, deviation }: Scale): void {
  const dimensions = mean.length;
  for (let start = 0; start < values.length; start += dimensions) {
    for (let i = 0; i < dimensions; i++) {
      const sd = deviation[i]!;
      values[start + i] = sd === 0 ? 0 : (values[start + i]! - mean[i]!) / sd;
    }
  }
}

/** Sums of each dimension's distance from its first value: that of a constant one is exactly 0. */
class Moments {
  private first: Float64Array | null = null;
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;

  constructor(private readonly dimensions: number) {
    this.sum = new Float64Array(dimensions);
    this.squares = new Float64Array(dimensions);
  }

  add(values: Float32Array): void {
    const { dimensions, sum, squares } = this;
    const first = (this.first ??= Float64Array.from(values.subarray(0, dimensions)));
    for (let start = 0; start < values.length; start += dimensions) {
      for (let i = 0; i < dimensions; i++) {
        const distance = values[start + i]! - first[i]!;
        sum[i]! += distance;
        squares[i]! += distance * distance;
      }
    }
  }

  result(count: number): { readonly mean: Float64Array; readonly deviation: Float64Array } {
    const { first, sum, squares } = this;
    const mean = sum.map((total, i) => first![i]! + total / count);
    const variance = squares.map((total, i) => total / count - (sum[i]! / count) ** 2);
    return { mean, deviation: variance.map((value) => Math.sqrt(Math.max(0, value))) };
  }
}

function notNumbers(layer: number): EngineError {
  return new EngineError(
    "NoHiddenStates",
    `States of layer ${layer} are not numbers. The model's file is damaged, or its weights do not suit this device: download it again, choose another quantisation, or try without the GPU.`,
  );
}
