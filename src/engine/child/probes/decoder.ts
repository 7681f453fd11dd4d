import type { Backend } from "../llama/backend";
import type { Pointer } from "../llama/library";
import { Tensors } from "../llama/tensors";
import { blocksOf, rowsOfBlock } from "./blocks";
import { cost, type Work } from "./work";

/** Multiplications and additions of the map that are worth starting threads for; what a last block lacks is computed for nothing. */
const BLOCK_OPERATIONS = 3e8;
const FEWEST_ROWS = 512;
const MOST_ROWS = 4096;
/** Of the values of all choices for a block's rows. */
const VALUES_BYTES = 64 * 2 ** 20;

/** A linear map of states: weights times state, and constants. */
export interface LinearMap {
  /** `[output][dimension]` */
  readonly weights: Float32Array;
  /** `[output]` */
  readonly constants: Float32Array;
}

/** Sizes of a map, and how a choice among many follows from what it gives. */
export interface DecoderShape {
  readonly dimensions: number;
  readonly outputs: number;
  readonly choices: number;
  /** That are decoded in one go, at most: a block is computed as a whole, however many of its rows are wanted. */
  readonly rows: number;
  /** `[row][choice]` of `[row][output]`; the last choice comes first, as ggml finds the last of equal values. */
  readonly values: (tensors: Tensors, outputs: Pointer) => Pointer;
}

/** Where states of rows are read, `[row][dimension]`. */
export interface RowSource {
  read(rows: Uint32Array, out: Float32Array): void;
}

/** Chooses, for each state, the choice with the largest value. */
export class Decoder {
  readonly tensors: Tensors;
  private readonly input: Pointer;
  private readonly weights: Pointer;
  private readonly constants: Pointer;
  private readonly chosen: Pointer;
  private readonly graph: Pointer;
  private readonly block: number;

  /** @throws EngineError `OutOfMemory` */
  constructor(
    private readonly backend: Backend,
    private readonly shape: DecoderShape,
  ) {
    const { dimensions, outputs, choices } = shape;
    const worthwhile = Math.floor(BLOCK_OPERATIONS / (dimensions * outputs));
    const rows = Math.min(shape.rows, Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, worthwhile)));
    this.block = Math.min(rowsOfBlock(choices, rows, VALUES_BYTES), rowsOfBlock(dimensions, rows));
    const tensors = (this.tensors = new Tensors(backend));
    this.input = tensors.matrix(dimensions, this.block);
    this.weights = tensors.matrix(dimensions, outputs);
    this.constants = tensors.vector(outputs);
    const mapped = tensors.plus(tensors.product(this.weights, this.input), this.constants);
    this.chosen = tensors.largest(shape.values(tensors, mapped));
    this.graph = tensors.graph(this.chosen);
    tensors.allocate();
  }

  load({ weights, constants }: LinearMap): void {
    this.tensors.write(this.weights, weights);
    this.tensors.write(this.constants, constants);
  }

  /** The choice for each row, by the map that was loaded last. @throws EngineError `FileUnreadable`, `OutOfMemory`, `Cancelled` */
  async decode(states: RowSource, rows: Uint32Array, work: Work): Promise<Int32Array> {
    const { dimensions, choices } = this.shape;
    const values = new Float32Array(this.block * dimensions);
    const found = new Int32Array(this.block);
    const decoded = new Int32Array(rows.length);
    let done = 0;
    for (const block of blocksOf(rows, this.block)) {
      states.read(block, values);
      this.tensors.write(this.input, values);
      await this.backend.compute(this.graph);
      this.tensors.read(this.chosen, found);
      for (let i = 0; i < block.length; i++) decoded[done++] = choices - 1 - found[i]!;
      await work.step(decodeCost(block.length, this.shape));
    }
    return decoded;
  }

  dispose(): void {
    this.tensors.dispose();
  }
}

export function decodeCost(
  rows: number,
  { dimensions, outputs, choices }: Pick<DecoderShape, "dimensions" | "outputs" | "choices">,
): number {
  const isMapped = outputs !== choices;
  const head = isMapped ? cost.product(rows, outputs, choices) : 0;
  return cost.pass(rows, dimensions) + cost.product(rows, dimensions, outputs) + head;
}
