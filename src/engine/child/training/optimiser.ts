import type { Backend } from "../llama/backend";
import type { Pointer } from "../llama/library";
import { Tensors } from "../llama/tensors";
import { type Moments, Network } from "./network";
import type { Parameter } from "./parameter";

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** Numbers that ggml's step takes. */
const SETTINGS = 7;
/** Of a graph, beside one for each parameter. */
const SPARE_NODES = 64;

export interface OptimiserSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** AdamW (Loshchilov and Hutter 2019) over the gradients that networks add up. */
export class Optimiser {
  readonly moments = new Map<string, Moments>();
  /** Where networks add gradients, by parameter. */
  readonly gradients = new Map<Pointer, Pointer>();
  private readonly gradientTensors: Tensors;
  private readonly tensors: Tensors;
  private readonly settings: Pointer;
  private readonly network: Network;

  constructor(
    backend: Backend,
    parameters: ReadonlyMap<string, Parameter>,
    private readonly options: OptimiserSettings,
  ) {
    const count = parameters.size;
    this.gradientTensors = new Tensors(backend, { tensors: count, graphs: 0 });
    this.tensors = new Tensors(backend, { tensors: 2 * count + 1, graphs: 0 });
    this.settings = this.tensors.vector(SETTINGS);
    this.network = new Network(backend, 4 * count + SPARE_NODES);
    for (const [name, parameter] of parameters) {
      const [gradient, m, v] = [this.gradientTensors, this.tensors, this.tensors].map((tensors) =>
        tensors.matrix(parameter.length, parameter.height),
      ) as [Pointer, Pointer, Pointer];
      this.moments.set(name, { gradient, m, v });
      this.gradients.set(parameter.tensor, gradient);
      this.network.leadTo(this.network.adamw(parameter.tensor, { gradient, m, v }, this.settings));
    }
  }

  get isSupported(): boolean {
    return this.network.isSupported;
  }

  get bytes(): number {
    return this.gradientTensors.bytes + this.tensors.bytes;
  }

  /** @throws EngineError `OutOfMemory` */
  allocate(): void {
    this.gradientTensors.allocate();
    this.tensors.allocate();
    this.network.allocate();
  }

  clear(): void {
    this.gradientTensors.clear();
    this.tensors.clear();
  }

  /**
   * Takes a step, and forgets the gradients.
   * @param step its number, from 1
   */
  async step(step: number): Promise<void> {
    const { learningRate, weightDecay } = this.options;
    const corrections = [BETA1, BETA2].map((beta) => 1 / (1 - beta ** step));
    this.tensors.write(
      this.settings,
      Float32Array.of(learningRate, BETA1, BETA2, EPSILON, weightDecay, ...corrections),
    );
    await this.network.compute();
    this.gradientTensors.clear();
  }

  dispose(): void {
    this.network.dispose();
    this.tensors.dispose();
    this.gradientTensors.dispose();
  }
}
