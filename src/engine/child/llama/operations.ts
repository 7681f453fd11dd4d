import type { Backend } from "./backend";
import type { Library, Pointer } from "./library";

/**
 * What may be computed of tensors on a device. As ggml counts, a matrix is as long as its rows and as high as it has of them, and a
 * product is that of each row with each row.
 */
export abstract class Operations {
  protected readonly library: Library;
  protected readonly context: Pointer;

  /** @param bytes of the descriptions of all tensors and graphs; their values lie elsewhere */
  protected constructor(
    readonly backend: Backend,
    bytes: number,
  ) {
    this.library = backend.library;
    const size = { mem_size: bytes, mem_buffer: null, no_alloc: true };
    this.context = this.library.ggml_init(size) as Pointer;
  }

  /** `[row of b][row of a]` */
  product(a: Pointer, b: Pointer): Pointer {
    return this.library.ggml_mul_mat(this.context, a, b) as Pointer;
  }

  /** @param b as large as a, or repeated along it, as a vector is along a matrix' rows */
  plus(a: Pointer, b: Pointer): Pointer {
    return this.library.ggml_add(this.context, a, b) as Pointer;
  }

  /** @param b as large as a, or repeated along it, as a vector is along a matrix' rows */
  times(a: Pointer, b: Pointer): Pointer {
    return this.library.ggml_mul(this.context, a, b) as Pointer;
  }

  /** In memory of its own, row by row, what a view shows in another order. */
  laidOut(view: Pointer): Pointer {
    return this.library.ggml_cont(this.context, view) as Pointer;
  }

  /** Rows divided by the roots of their mean squares. */
  rootMeanSquareNormalised(a: Pointer, epsilon: number): Pointer {
    return this.library.ggml_rms_norm(this.context, a, epsilon) as Pointer;
  }
}
