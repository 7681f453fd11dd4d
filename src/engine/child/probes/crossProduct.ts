import type { Backend } from "../llama/backend";
import { Tensors } from "../llama/tensors";
import { blocksOf, rowsOfBlock } from "./blocks";
import type { StandardisedLayer } from "./standardised";
import { cost, type Work } from "./work";

/** Sums of more rows would lose in 32 bits what a small lambda needs. */
const MOST_ROWS = 1024;

/** Standardised states of some rows. */
export interface StatesOf {
  readonly layer: StandardisedLayer;
  readonly rows: Uint32Array;
}

/**
 * Sums over rows of the products of every two dimensions: of `a` alone its Gram matrix, with `b` (whose rows go with those of `a`)
 * `[dimension of b][dimension of a]`. Products of a block are 32-bit floats, sums of blocks 64-bit ones.
 * @throws EngineError `FileUnreadable`, `OutOfMemory`, `Cancelled`
 */
export async function crossProduct(
  backend: Backend,
  a: StatesOf,
  b: StatesOf | null,
  work: Work,
): Promise<Float64Array> {
  const { dimensions } = a.layer;
  const size = Math.min(rowsOfBlock(dimensions, MOST_ROWS), a.rows.length);
  const tensors = new Tensors(backend);
  try {
    const inputs = [a, ...(b ? [b] : [])].map(({ layer, rows }) => {
      const matrix = tensors.matrix(dimensions, size);
      const columns = tensors.transposed(matrix);
      return { layer, matrix, columns, blocks: [...blocksOf(rows, size)] };
    });
    const result = tensors.product(inputs[0]!.columns, inputs.at(-1)!.columns);
    const graph = tensors.graph(result);
    tensors.allocate();
    const values = new Float32Array(size * dimensions);
    const products = new Float32Array(dimensions * dimensions);
    const sums = new Float64Array(dimensions * dimensions);
    for (const [i, { length }] of inputs[0]!.blocks.entries()) {
      // A short last block goes on with rows of 0, which add nothing.
      if (length < size) values.fill(0);
      for (const { layer, matrix, blocks } of inputs) {
        layer.read(blocks[i]!, values);
        tensors.write(matrix, values);
      }
      await backend.compute(graph);
      tensors.read(result, products);
      for (let j = 0; j < sums.length; j++) sums[j]! += products[j]!;
      await work.step(crossProductCost(length, dimensions, inputs.length));
    }
    return sums;
  } finally {
    tensors.dispose();
  }
}

/** @param layers that are read, 1 or 2 */
export function crossProductCost(rows: number, dimensions: number, layers = 1): number {
  return layers * cost.pass(rows, dimensions) + cost.product(rows, dimensions, dimensions);
}
