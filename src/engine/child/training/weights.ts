import { closeSync, openSync } from "node:fs";
import { reading } from "../../modelFiles";
import type { Backend } from "../llama/backend";
import type { GgufHeader, ShapedTensor } from "../llama/ggufHeader";
import type { Pointer } from "../llama/library";
import { F32, Tensors } from "../llama/tensors";
import { readInto } from "../llama/readInto";

const FLOAT_BYTES = 4;
/** `GGML_TYPE_F32`, `F16` and `BF16`. */
const FLOATS: ReadonlySet<number> = new Set([F32, 1, 30]);
/** Of a file, read at a time, at least one row. */
const CHUNK_BYTES = 16 * 2 ** 20;

export interface Size {
  /** Of a row. */
  readonly length: number;
  readonly height: number;
}

/** A model's weights as 32-bit floats on a device, whatever they are in its files. */
export class Weights {
  private readonly used = new Set<string>();
  private readonly byName = new Map<string, Pointer>();

  private constructor(
    private readonly tensors: Tensors,
    readonly shaped: ReadonlyMap<string, ShapedTensor>,
  ) {}

  /** Tensors without memory. */
  static of(backend: Backend, { tensors: shaped }: GgufHeader): Weights {
    const tensors = new Tensors(backend, { tensors: shaped.size, graphs: 0 });
    const weights = new Weights(tensors, shaped);
    for (const [name, tensor] of shaped) {
      const { length, height } = sizeOf(tensor);
      weights.byName.set(name, tensors.matrix(length, height));
    }
    return weights;
  }

  get bytes(): number {
    return this.tensors.bytes;
  }

  get areQuantised(): boolean {
    return [...this.shaped.values()].some(({ type }) => !FLOATS.has(type));
  }

  /** null: the model has none of that name. */
  get(name: string): Pointer | null {
    this.used.add(name);
    return this.byName.get(name) ?? null;
  }

  /** One that there is, without its being used. */
  peek(name: string): Pointer {
    return this.byName.get(name)!;
  }

  /** Tensors that nobody has asked for. */
  get unused(): string[] {
    return [...this.byName.keys()].filter((name) => !this.used.has(name));
  }

  /** @throws EngineError `OutOfMemory` */
  allocate(): void {
    this.tensors.allocate();
  }

  /**
   * Reads the files.
   * @param processor turns what is quantised into floats
   * @throws EngineError `OutOfMemory`, `FileUnreadable`
   */
  async read(processor: Backend, nextTurn: () => Promise<void>): Promise<void> {
    for (const [name, shaped] of this.shaped) {
      await nextTurn();
      const tensor = this.byName.get(name)!;
      await readFloats(processor, shaped, (values, place) => {
        this.tensors.write(tensor, values, place);
      });
    }
  }

  dispose(): void {
    this.tensors.dispose();
  }
}

/**
 * Reads a tensor of a file as floats, some rows at a time.
 * @param processor turns what is quantised into floats
 * @param write is given values and their place in the tensor, bytes
 * @throws EngineError `OutOfMemory`, `FileUnreadable`
 */
export async function readFloats(
  processor: Backend,
  from: ShapedTensor,
  write: (values: Float32Array, place: number) => void,
): Promise<void> {
  const { length, height } = sizeOf(from);
  const rowBytes = from.bytes / height;
  const most = Math.min(height, Math.max(1, Math.floor(CHUNK_BYTES / rowBytes)));
  const floats = new FloatRows(processor, length, most, from.type);
  const file = reading(from.path, () => openSync(from.path, "r"));
  try {
    for (let row = 0; row < height; row += most) {
      const count = Math.min(most, height - row);
      const bytes = new Uint8Array(count * rowBytes);
      readInto(file, from.path, bytes, from.offset + row * rowBytes);
      write(await floats.of(bytes, count), row * length * FLOAT_BYTES);
    }
  } finally {
    closeSync(file);
    floats.dispose();
  }
}

/** Of a matrix, or of several one after another. */
export function sizeOf({ dimensions }: ShapedTensor): Size {
  const [length = 1, ...heights] = dimensions;
  return { length, height: heights.reduce((product, n) => product * n, 1) };
}

/** Turns rows of any of ggml's types into floats. */
class FloatRows {
  private readonly tensors: Tensors | null = null;
  private readonly from: Pointer = 0n;
  private readonly to: Pointer = 0n;
  private readonly graph: Pointer = 0n;

  constructor(
    private readonly processor: Backend,
    private readonly length: number,
    rows: number,
    type: number,
  ) {
    if (type === F32) return;
    this.tensors = new Tensors(processor);
    this.from = this.tensors.matrix(length, rows, type);
    this.to = this.tensors.cast(this.from, F32);
    this.graph = this.tensors.graph(this.to);
    this.tensors.allocate();
  }

  async of(bytes: Uint8Array, rows: number): Promise<Float32Array> {
    if (!this.tensors) return new Float32Array(bytes.buffer, bytes.byteOffset, rows * this.length);
    this.tensors.write(this.from, bytes);
    await this.processor.compute(this.graph);
    return this.tensors.read(this.to, new Float32Array(rows * this.length));
  }

  dispose(): void {
    this.tensors?.dispose();
  }
}
