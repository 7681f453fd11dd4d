import { type Backend, notEnoughMemory } from "./backend";
import type { Pointer } from "./library";
import { Operations } from "./operations";

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

/** Tensors of one purpose and graphs of them, on a device. First all are made, then `allocate` gives them memory, all at once. */
export class Tensors extends Operations {
  private buffer: Pointer | null = null;

  constructor(backend: Backend, room = USUAL_ROOM) {
    const graphs = room.graphs * Number(backend.library.ggml_graph_overhead());
    const tensors = room.tensors * Number(backend.library.ggml_tensor_overhead());
    super(backend, graphs + tensors);
  }

  /** @param type of ggml */
  vector(length: number, type = F32): Pointer {
    return this.library.ggml_new_tensor_1d(this.context, type, length) as Pointer;
  }

  /** @param type of ggml */
  matrix(length: number, height: number, type = F32): Pointer {
    return this.library.ggml_new_tensor_2d(this.context, type, length, height) as Pointer;
  }

  transposed(matrix: Pointer): Pointer {
    return this.laidOut(this.library.ggml_transpose(this.context, matrix) as Pointer);
  }

  /** @param type of ggml, that values are turned into */
  cast(a: Pointer, type: number): Pointer {
    return this.library.ggml_cast(this.context, a, type) as Pointer;
  }

  /** Rows less their means, divided by their standard deviations. */
  normalised(matrix: Pointer, epsilon: number): Pointer {
    return this.library.ggml_norm(this.context, matrix, epsilon) as Pointer;
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
