import type { TrainingWindow } from "../../training";
import type { Backend } from "../llama/backend";
import type { Pointer } from "../llama/library";
import { I32, Tensors } from "../llama/tensors";

/** Stands where a window has no piece any more: nothing before it sees it, and it predicts nothing. */
const FILLER = 0;
const FLOAT_BYTES = 4;
const ONE = Float32Array.of(1);
const ZERO = Float32Array.of(0);

/** What goes into a network, of one window at a time. */
export class Inputs {
  readonly tokens: Pointer;
  readonly positions: Pointer;
  /** Added to the attention of each row's token to others: 0 to itself and those before it in its piece, else minus infinity. */
  readonly mask: Pointer;
  /** 1 for a row that predicts a token, else 0. */
  readonly predicted: Pointer;
  /** 1 for the token that a row predicts, else 0. */
  readonly labels: Pointer;
  private readonly tensors: Tensors;
  /** Places of ones in `labels`, bytes. */
  private ones: number[] = [];

  /** @param length rows of a window */
  constructor(
    backend: Backend,
    readonly length: number,
    private readonly vocabularySize: number,
  ) {
    this.tensors = new Tensors(backend, { tensors: 5, graphs: 0 });
    this.tokens = this.tensors.vector(length, I32);
    this.positions = this.tensors.vector(length, I32);
    this.mask = this.tensors.matrix(length, length);
    this.predicted = this.tensors.matrix(1, length);
    this.labels = this.tensors.matrix(vocabularySize, length);
  }

  get bytes(): number {
    return this.tensors.bytes;
  }

  /** @throws EngineError `OutOfMemory` */
  allocate(): void {
    this.tensors.allocate();
  }

  clear(): void {
    this.tensors.clear();
  }

  /**
   * Puts a window in.
   * @returns how many rows its pieces take
   */
  put({ pieces }: TrainingWindow): number {
    const { length, tensors } = this;
    const tokens = new Int32Array(length).fill(FILLER);
    const positions = new Int32Array(length);
    const mask = new Float32Array(length * length).fill(-Infinity);
    const predicted = new Float32Array(length);
    const ones: number[] = [];
    let row = 0;
    for (const { tokens: ids, scoredStart } of pieces) {
      const start = row;
      for (let i = 0; i + 1 < ids.length; i++, row++) {
        tokens[row] = ids[i]!;
        positions[row] = i;
        mask.fill(0, row * length + start, row * length + row + 1);
        if (i + 1 < scoredStart) continue;
        predicted[row] = 1;
        ones.push((row * this.vocabularySize + ids[i + 1]!) * FLOAT_BYTES);
      }
    }
    const count = row;
    // A row that attends to nothing would have no softmax.
    for (; row < length; row++) mask[row * length + row] = 0;
    tensors.write(this.tokens, tokens);
    tensors.write(this.positions, positions);
    tensors.write(this.mask, mask);
    tensors.write(this.predicted, predicted);
    this.putLabels(ones);
    return count;
  }

  dispose(): void {
    this.tensors.dispose();
  }

  /** All but these are zeros already, or of the window before. */
  private putLabels(ones: number[]): void {
    for (const place of this.ones) this.tensors.write(this.labels, ZERO, place);
    for (const place of ones) this.tensors.write(this.labels, ONE, place);
    this.ones = ones;
  }
}
