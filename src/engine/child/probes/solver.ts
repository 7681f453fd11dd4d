import type { Backend } from "../llama/backend";
import type { Pointer } from "../llama/library";
import { Tensors } from "../llama/tensors";
import { cost, type Work } from "./work";

/** Solved at a time: enough for products to be fast. */
const BLOCK = 512;

/**
 * Solves (gram + lambda I) w = v for many v at once, by L^-1 of its Cholesky decomposition: w = L^-T (L^-1 v), two products, in which
 * rounding takes less than in the one with the inverse.
 */
export class Solver {
  private readonly tensors: Tensors;
  private readonly inverse: Pointer;
  private readonly right: Pointer;
  private readonly solved: Pointer;
  private readonly graph: Pointer;

  /** @throws EngineError `OutOfMemory` */
  constructor(
    private readonly backend: Backend,
    private readonly dimensions: number,
  ) {
    const tensors = (this.tensors = new Tensors(backend));
    this.inverse = tensors.matrix(dimensions, dimensions);
    this.right = tensors.matrix(dimensions, BLOCK);
    const half = tensors.product(this.inverse, this.right);
    this.solved = tensors.product(tensors.transposed(this.inverse), half);
    this.graph = tensors.graph(this.solved);
    tensors.allocate();
  }

  /** @param inverse L^-1, `[row][column]` */
  load(inverse: Float64Array): void {
    this.tensors.write(this.inverse, Float32Array.from(inverse));
  }

  /**
   * @param right v, `[number of v][dimension]`
   * @returns w, likewise
   * @throws EngineError `OutOfMemory`, `Cancelled`
   */
  async solve(right: Float32Array, work: Work): Promise<Float32Array> {
    const { dimensions, tensors } = this;
    const solved = new Float32Array(right.length);
    const size = BLOCK * dimensions;
    for (let start = 0; start < right.length; start += size) {
      tensors.write(this.right, right.subarray(start, start + size));
      await this.backend.compute(this.graph);
      const part = tensors.read(this.solved, solved.subarray(start, start + size));
      await work.step(solveCost(part.length / dimensions, dimensions));
    }
    return solved;
  }

  dispose(): void {
    this.tensors.dispose();
  }
}

export function solveCost(count: number, dimensions: number): number {
  return 2 * cost.product(count, dimensions, dimensions);
}
