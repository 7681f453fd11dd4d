import { type Backend, notEnoughMemory } from "./backend";
import type { Library, Pointer } from "./library";

/** `GGML_TYPE_F32`. */
export const F32 = 0;
/** `GGML_TYPE_I32`. */
export const I32 = 26;

/** How many there is room for. */
interface Room {
  readonly tensors: number;
  readonly graphs: number;
}

const USUAL_ROOM: Room = { tensors: 64, graphs: 4 };

/**
 * Tensors of one purpose and graphs of them, on a device. First all are made, then `allocate` gives them memory, all at once. As ggml
 * counts, a matrix is as long as its rows and as high as it has of them, and a product is that of each row with each row.
 */
export class Tensors {
  private readonly library: Library;
  private readonly context: Pointer;
  private buffer: Pointer | null = null;

  constructor(
    readonly backend: Backend,
    room = USUAL_ROOM,
  ) {
    this.library = backend.library;
    const graphs = room.graphs * Number(this.library.ggml_graph_overhead());
    const tensors = room.tensors * Number(this.library.ggml_tensor_overhead());
    const size = { mem_size: graphs + tensors, mem_buffer: null, no_alloc: true };
    this.context = this.library.ggml_init(size) as Pointer;
  }

  /** @param type of ggml */
  vector(length: number, type = F32): Pointer {
    return this.library.ggml_new_tensor_1d(this.context, type, length) as Pointer;
  }

  /** @param type of ggml */
  matrix(length: number, height: number, type = F32): Pointer {
    return this.library.ggml_new_tensor_2d(this.context, type, length, height) as Pointer;
  }

  /** `[row of b][row of a]` */
  product(a: Pointer, b: Pointer): Pointer {
    return this.library.ggml_mul_mat(this.context, a, b) as Pointer;
  }

  /** @param vector is added to each row */
  plus(matrix: Pointer, vector: Pointer): Pointer {
    return this.library.ggml_add(this.context, matrix, vector) as Pointer;
  }

  /** @param vector multiplies each row */
  times(matrix: Pointer, vector: Pointer): Pointer {
    return this.library.ggml_mul(this.context, matrix, vector) as Pointer;
  }

  transposed(matrix: Pointer): Pointer {
    const view = this.library.ggml_transpose(this.context, matrix) as Pointer;
    return this.library.ggml_cont(this.context, view) as Pointer;
  }

  /** @param type of ggml, that values are turned into */
  cast(a: Pointer, type: number): Pointer {
    return this.library.ggml_cast(this.context, a, type) as Pointer;
  }

  /** Rows less their means, divided by their standard deviations. */
  normalised(matrix: Pointer, epsilon: number): Pointer {
    return this.library.ggml_norm(this.context, matrix, epsilon) as Pointer;
  }

  /** Rows divided by the roots of their mean squares. */
  rootMeanSquareNormalised(matrix: Pointer, epsilon: number): Pointer {
    return this.library.ggml_rms_norm(this.context, matrix, epsilon) as Pointer;
  }

  /** Number of each row's largest value; of equal ones the last, on a processor. */
  largest(matrix: Pointer): Pointer {
    return this.library.ggml_argmax(this.context, matrix) as Pointer;
  }

  /** What has to be computed to have a tensor. */
  graph(result: Pointer): Pointer {
    const graph = this.library.ggml_new_graph(this.context) as Pointer;
    this.library.ggml_build_forward_expand(graph, result);
    return graph;
  }

  /** Memory that `allocate` takes, bytes. */
  get bytes(): number {
    const type = this.library.ggml_backend_get_default_buffer_type(this.backend.handle) as Pointer;
    return Number(this.library.ggml_backend_alloc_ctx_tensors_from_buft_size(this.context, type));
  }

  /** @throws EngineError `OutOfMemory` */
  allocate(): this {
    const { backend, context } = this;
    this.buffer = this.library.ggml_backend_alloc_ctx_tensors(
      context,
      backend.handle,
    ) as Pointer | null;
    if (!this.buffer) throw notEnoughMemory();
    return this;
  }

  /** Fills all tensors with zeros. */
  clear(): void {
    if (this.buffer) this.library.ggml_backend_buffer_clear(this.buffer, 0);
  }

  /** @param offset bytes */
  write(tensor: Pointer, values: Float32Array | Int32Array | Uint8Array, offset = 0): void {
    this.library.ggml_backend_tensor_set(tensor, values, offset, values.byteLength);
  }

  /** Fills `values` with the first of a tensor's. */
  read<T extends Float32Array | Int32Array>(tensor: Pointer, values: T): T {
    this.library.ggml_backend_tensor_get(tensor, values, 0, values.byteLength);
    return values;
  }

  dispose(): void {
    if (this.buffer) this.library.ggml_backend_buffer_free(this.buffer);
    this.library.ggml_free(this.context);
  }
}
