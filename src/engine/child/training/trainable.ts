import { seededRandom } from "../../../analysis/statistics/random";
import type { LowRank } from "../../training";
import { MATRIX_A, MATRIX_B } from "../llama/adapterKeys";
import type { Backend } from "../llama/backend";
import type { Pointer } from "../llama/library";
import type { NativeModel } from "../llama/model";
import { Tensors } from "../llama/tensors";
import { untrainable } from "./architecture";
import { beginFromAdapter } from "./beginFromAdapter";
import type { Layers } from "./forward";
import type { Network } from "./network";
import type { Parameter } from "./parameter";
import { sizeOf, type Weights } from "./weights";

/** What is trained of a network, and how the network reaches it. */
export interface Trainable extends Layers {
  /** By name; all of them are there once a network was built. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** What a file of them holds. */
  readonly written: ReadonlyMap<string, Parameter>;
  /** Of what is not in the weights already. */
  readonly bytes: number;
  /** @throws EngineError `OutOfMemory` */
  allocate(): void;
  /**
   * Puts the first values in.
   * @throws EngineError `OutOfMemory`, `FileUnreadable`, `Untrainable`
   */
  begin(seed: number, processor: Backend): Promise<void>;
  dispose(): void;
}

/** Weights as they are. */
abstract class Plain implements Layers {
  constructor(
    protected readonly model: NativeModel,
    protected readonly weights: Weights,
  ) {}

  weight(name: string): Pointer {
    const weight = this.weights.get(name);
    if (!weight) throw untrainable(this.model, `has no ${name}`);
    return weight;
  }

  optional(name: string): Pointer | null {
    return this.weights.get(name);
  }

  sizeOf(name: string): number {
    const { length, height } = sizeOf(this.weights.shaped.get(name)!);
    return length * height;
  }

  linear(network: Network, name: string, x: Pointer): Pointer {
    return network.product(this.weight(name), x);
  }
}

/** Tensors that are no weights: factors of positions. */
const CONSTANT = "rope_freqs.weight";

/** All weights of a model. */
export class AllWeights extends Plain implements Trainable {
  readonly parameters = new Map<string, Parameter>();
  readonly written = new Map<string, Parameter>();
  readonly bytes = 0;

  constructor(model: NativeModel, weights: Weights, { library }: Backend) {
    super(model, weights);
    for (const [name, shaped] of weights.shaped) {
      const parameter = { tensor: weights.peek(name), ...sizeOf(shaped) };
      this.written.set(name, parameter);
      if (name === CONSTANT) continue;
      library.ggml_set_param(parameter.tensor);
      this.parameters.set(name, parameter);
    }
  }

  allocate(): void {
    // The weights have.
  }

  begin(): Promise<void> {
    // The model's own are there.
    return Promise.resolve();
  }

  dispose(): void {
    // They are the weights'.
  }
}

/** A low-rank adapter of every matrix that a network multiplies by, the last one apart: a new one, or the model's. */
export class Adapter extends Plain implements Trainable {
  readonly parameters = new Map<string, Parameter>();
  readonly written = this.parameters;
  private readonly tensors: Tensors;

  constructor(
    model: NativeModel,
    weights: Weights,
    backend: Backend,
    private readonly settings: LowRank,
  ) {
    super(model, weights);
    this.tensors = new Tensors(backend, { tensors: 2 * weights.shaped.size, graphs: 0 });
  }

  get bytes(): number {
    return this.tensors.bytes;
  }

  override linear(network: Network, name: string, x: Pointer): Pointer {
    const { rank, alpha } = this.settings;
    const unchanged = super.linear(network, name, x);
    const { length, height } = sizeOf(this.weights.shaped.get(name)!);
    const a = this.parameter(name + MATRIX_A, length, rank);
    const b = this.parameter(name + MATRIX_B, rank, height);
    const added = network.product(b, network.product(a, x));
    return network.plus(unchanged, network.scaled(added, alpha / rank));
  }

  allocate(): void {
    this.tensors.allocate();
  }

  async begin(seed: number, processor: Backend): Promise<void> {
    this.tensors.clear();
    this.beginAnew(seed);
    await beginFromAdapter(this.model, this.settings, this.parameters, this.tensors, processor);
  }

  dispose(): void {
    this.tensors.dispose();
  }

  /** A as PEFT begins it (Kaiming uniform, a = √5); B is zero, so that the adapter changes nothing before the first step. */
  private beginAnew(seed: number): void {
    const random = seededRandom(seed);
    for (const [name, parameter] of this.parameters) {
      if (!name.endsWith(MATRIX_A)) continue;
      const bound = 1 / Math.sqrt(parameter.length);
      const values = new Float32Array(parameter.length * parameter.height).map(
        () => (2 * random() - 1) * bound,
      );
      this.tensors.write(parameter.tensor, values);
    }
  }

  private parameter(name: string, length: number, height: number): Pointer {
    const known = this.parameters.get(name);
    if (known) return known.tensor;
    const tensor = this.tensors.matrix(length, height);
    this.tensors.backend.library.ggml_set_param(tensor);
    this.parameters.set(name, { tensor, length, height });
    return tensor;
  }
}
