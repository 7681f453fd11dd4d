import { type Backend, notEnoughMemory } from "../llama/backend";
import type { Pointer } from "../llama/library";
import { Operations } from "../llama/operations";

/**
 * Operations on tensors, and the graph of those that lead to one result. Memory for what lies between is taken once and used over and
 * over within the graph; what goes in and what is trained are tensors that others hold. Shapes as ggml writes them: `[length, height, …]`.
 */
export class Network extends Operations {
  private readonly graph: Pointer;
  private readonly allocator: Pointer;

  /** @param nodes that there is room for, gradients included */
  constructor(backend: Backend, nodes: number) {
    const tensors = 2 * nodes * Number(backend.library.ggml_tensor_overhead());
    const graph = Number(backend.library.ggml_graph_overhead_custom(nodes, true));
    super(backend, tensors + graph);
    this.graph = this.library.ggml_new_graph_custom(this.context, nodes, true) as Pointer;
    const type = this.library.ggml_backend_get_default_buffer_type(backend.handle) as Pointer;
    this.allocator = this.library.ggml_gallocr_new(type) as Pointer;
  }

  /** The rows of a matrix that `ids` name. */
  rows(matrix: Pointer, ids: Pointer): Pointer {
    return this.library.ggml_get_rows(this.context, matrix, ids) as Pointer;
  }

  scaled(a: Pointer, factor: number): Pointer {
    return this.library.ggml_scale(this.context, a, factor) as Pointer;
  }

  /** Rows divided by the roots of their mean squares, times `weight`. */
  rmsNorm(a: Pointer, weight: Pointer, epsilon: number): Pointer {
    return this.times(this.rootMeanSquareNormalised(a, epsilon), weight);
  }

  /** silu(gate) · up */
  swiglu(gate: Pointer, up: Pointer): Pointer {
    return this.library.ggml_swiglu_split(this.context, gate, up) as Pointer;
  }

  /** softmax(scale · a + mask) of each row */
  softmax(a: Pointer, mask: Pointer, scale: number): Pointer {
    return this.library.ggml_soft_max_ext(this.context, a, mask, scale, 0) as Pointer;
  }

  rope(a: Pointer, positions: Pointer, factors: Pointer | null, rope: Rope): Pointer {
    const { dimensions, mode, trainedContext, base, scale } = rope;
    const noYarn = [0, 1, 32, 1] as const;
    return this.library.ggml_rope_ext(
      this.context,
      a,
      positions,
      factors,
      dimensions,
      mode,
      trainedContext,
      base,
      scale,
      ...noYarn,
    ) as Pointer;
  }

  matrix(a: Pointer, length: number, height: number): Pointer {
    return this.library.ggml_reshape_2d(this.context, a, length, height) as Pointer;
  }

  cube(a: Pointer, length: number, height: number, depth: number): Pointer {
    return this.library.ggml_reshape_3d(this.context, a, length, height, depth) as Pointer;
  }

  /** Axis i of `a` becomes axis `axes[i]`; nothing is moved. */
  permuted(a: Pointer, axes: readonly [number, number, number]): Pointer {
    return this.library.ggml_permute(this.context, a, ...axes, 3) as Pointer;
  }

  /** Minus the mean over rows of the logarithms that softmax gives the labels. */
  crossEntropy(logits: Pointer, labels: Pointer): Pointer {
    return this.library.ggml_cross_entropy_loss(this.context, logits, labels) as Pointer;
  }

  /** What softmax gives each row's label. */
  probabilities(logits: Pointer, labels: Pointer): Pointer {
    const all = this.library.ggml_soft_max(this.context, logits) as Pointer;
    return this.library.ggml_sum_rows(this.context, this.times(all, labels)) as Pointer;
  }

  /** A step of AdamW that changes a parameter and its moments `m` and `v`. */
  adamw(parameter: Pointer, { gradient, m, v }: Moments, settings: Pointer): Pointer {
    return this.library.ggml_opt_step_adamw(
      this.context,
      parameter,
      gradient,
      m,
      v,
      settings,
    ) as Pointer;
  }

  /** Goes on to what has to be computed to have a tensor. */
  leadTo(result: Pointer): void {
    this.library.ggml_set_output(result);
    this.library.ggml_build_forward_expand(this.graph, result);
  }

  /**
   * Goes on to the gradients of a loss that the graph leads to.
   * @param gradients where they are added, by parameter; the loss's own holds what it counts
   */
  descend(loss: Pointer, gradients: ReadonlyMap<Pointer, Pointer>): void {
    const count = this.library.ggml_graph_n_nodes(this.graph) as number;
    const accumulators = new BigUint64Array(count);
    for (let i = 0; i < count; i++) {
      const node = this.library.ggml_graph_node(this.graph, i) as Pointer;
      accumulators[i] = gradients.get(node) ?? 0n;
    }
    this.library.ggml_build_backward_expand(this.context, this.graph, accumulators);
  }

  /** Whether the device knows all operations, gradients included. */
  get isSupported(): boolean {
    const count = this.library.ggml_graph_n_nodes(this.graph) as number;
    return Array.from(
      { length: count },
      (_, i) => this.library.ggml_graph_node(this.graph, i) as Pointer,
    ).every((node) => this.library.ggml_backend_supports_op(this.backend.handle, node) as boolean);
  }

  /** Memory that `allocate` takes once all that it does not hold itself is allocated, bytes. */
  get bytes(): number {
    const sizes = new BigUint64Array(1);
    this.library.ggml_gallocr_reserve_n_size(this.allocator, this.graph, null, null, sizes);
    return Number(sizes[0]);
  }

  /** @throws EngineError `OutOfMemory` */
  allocate(): this {
    const { library, allocator, graph } = this;
    // What was merely measured would count as reserved.
    const isReserved = library.ggml_gallocr_reserve(allocator, graph) as boolean;
    if (!isReserved || !library.ggml_gallocr_alloc_graph(allocator, graph)) throw notEnoughMemory();
    return this;
  }

  /** @throws EngineError `OutOfMemory` */
  compute(): Promise<void> {
    return this.backend.compute(this.graph);
  }

  /** The first values of a tensor of the graph. */
  values(tensor: Pointer, count: number): Float32Array {
    const values = new Float32Array(count);
    this.library.ggml_backend_tensor_get(tensor, values, 0, values.byteLength);
    return values;
  }

  dispose(): void {
    this.library.ggml_gallocr_free(this.allocator);
    this.library.ggml_free(this.context);
  }
}

/** How positions turn queries and keys (Su et al. 2021). */
export interface Rope {
  /** Of each head, that are turned. */
  readonly dimensions: number;
  /** As ggml counts modes: 0 turns neighbours, 2 those half a head apart. */
  readonly mode: 0 | 2;
  readonly trainedContext: number;
  readonly base: number;
  /** Of positions. */
  readonly scale: number;
}

/** What AdamW holds of a parameter, each as large as that. */
export interface Moments {
  readonly gradient: Pointer;
  readonly m: Pointer;
  readonly v: Pointer;
}
