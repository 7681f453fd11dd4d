import { blocksOf, rowsOfBlock } from "./blocks";
import type { StatesOf } from "./crossProduct";
import { cost, type Work } from "./work";

const MOST_ROWS = 4096;

/** What a probe is fitted to: sums over the rows of each standardised dimension times each output, and outputs' means. */
export interface FitTarget {
  /** `[output][dimension]` */
  readonly products: Float32Array;
  /** `[output]` */
  readonly means: Float32Array;
}

/**
 * That of classes, each 1 or 0, the last class first: a product is the sum of the class's states. Sums are 64-bit floats.
 * @param target class by row of the file
 * @throws EngineError `FileUnreadable`, `Cancelled`
 */
export async function classTarget(
  { layer, rows }: StatesOf,
  target: Int32Array,
  classes: number,
  work: Work,
): Promise<FitTarget> {
  const { dimensions } = layer;
  const sums = new Float64Array(classes * dimensions);
  const counts = new Uint32Array(classes);
  const size = rowsOfBlock(dimensions, MOST_ROWS);
  const values = new Float32Array(Math.min(size, rows.length) * dimensions);
  for (const block of blocksOf(rows, size)) {
    layer.read(block, values);
    for (let i = 0; i < block.length; i++) {
      const output = classes - 1 - target[block[i]!]!;
      counts[output]! += 1;
      const start = i * dimensions;
      const sum = output * dimensions;
      for (let j = 0; j < dimensions; j++) sums[sum + j]! += values[start + j]!;
    }
    await work.step(classTargetCost(block.length, dimensions));
  }
  const means = Float32Array.from(counts, (count) => count / rows.length);
  return { products: Float32Array.from(sums), means };
}

export function classTargetCost(rows: number, dimensions: number): number {
  return 2 * cost.pass(rows, dimensions);
}
