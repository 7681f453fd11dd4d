import type { TrainingWindow, TrainRequest } from "../../training";
import type { Backend } from "../llama/backend";
import type { GgufHeader } from "../llama/ggufHeader";
import type { Pointer } from "../llama/library";
import type { NativeModel } from "../llama/model";
import { Tensors } from "../llama/tensors";
import { architectureOf, untrainable } from "./architecture";
import { logits } from "./forward";
import { Inputs } from "./inputs";
import { Network } from "./network";
import { Optimiser } from "./optimiser";
import { Adapter, AllWeights, type Trainable } from "./trainable";
import { Weights } from "./weights";

/** The smallest 32-bit float above 0: softmax leaves no less for a token, whatever its logit. */
const LEAST = 2 ** -149;

/** Nodes of a network, gradients included: twice as many as a layer with biases, norms and adapters has, and as stand beside the layers. */
const LAYER_NODES = 400;
const SPARE_NODES = 400;

type Settings = Pick<TrainRequest, "weights" | "length" | "learningRate" | "weightDecay" | "seed">;

/** A model's network with all that training it takes, on one device. */
export class Training {
  readonly trainable: Trainable;
  readonly optimiser: Optimiser;
  readonly weights: Weights;
  private readonly inputs: Inputs;
  private readonly seeds: Tensors;
  /** How much the loss of a window counts. */
  private readonly seed: Pointer;
  /** A window's loss, and its gradients. */
  private readonly descent: Network;
  private readonly descentLoss: Pointer;
  /** Probabilities of a window's labels alone. */
  private readonly measure: Network;
  private readonly measured: Pointer;
  private readonly made: { dispose(): void }[] = [];

  /**
   * Takes no memory for tensors yet.
   * @throws EngineError `Untrainable` where the network is not known here
   */
  constructor(
    readonly backend: Backend,
    private readonly model: NativeModel,
    header: GgufHeader,
    private readonly settings: Settings,
  ) {
    try {
      const architecture = architectureOf(model, header);
      this.weights = this.keep(Weights.of(backend, header));
      this.trainable = this.keep(trainableOf(model, this.weights, backend, settings));
      const vocabularySize = model.vocabulary.attributes.length;
      this.inputs = this.keep(new Inputs(backend, settings.length, vocabularySize));
      this.seeds = this.keep(new Tensors(backend, { tensors: 1, graphs: 0 }));
      this.seed = this.seeds.vector(1);
      const nodes = LAYER_NODES * architecture.layers + SPARE_NODES;
      const { labels } = this.inputs;
      const logitsIn = (network: Network) =>
        logits(network, architecture, this.trainable, this.inputs);
      this.measure = this.keep(new Network(backend, nodes));
      this.measured = this.measure.probabilities(logitsIn(this.measure), labels);
      this.measure.leadTo(this.measured);
      this.descent = this.keep(new Network(backend, nodes));
      this.descentLoss = this.descent.crossEntropy(logitsIn(this.descent), labels);
      this.optimiser = this.keep(new Optimiser(backend, this.trainable.parameters, settings));
      backend.library.ggml_set_loss(this.descentLoss);
      this.descent.leadTo(this.descentLoss);
      const gradients = new Map(this.optimiser.gradients).set(this.descentLoss, this.seed);
      this.descent.descend(this.descentLoss, gradients);
      const [unused] = this.weights.unused;
      if (unused !== undefined) throw untrainable(model, `holds ${unused}, whose use is not known`);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Whether weights are in few bits in the model's files. */
  get isQuantised(): boolean {
    return this.weights.areQuantised;
  }

  /** Whether the device knows all that has to be computed. */
  get isSupported(): boolean {
    return this.descent.isSupported && this.optimiser.isSupported;
  }

  /** Memory of all but what lies between inputs and losses, bytes. */
  get heldBytes(): number {
    const { weights, trainable, inputs, optimiser } = this;
    return weights.bytes + trainable.bytes + inputs.bytes + optimiser.bytes;
  }

  /** Of what lies between; known once the rest is allocated. */
  get betweenBytes(): number {
    return this.descent.bytes + this.measure.bytes;
  }

  /** Reserves memory for all but what lies between; nothing is in it yet. @throws EngineError `OutOfMemory` */
  hold(): void {
    const { weights, trainable, inputs, seeds, optimiser } = this;
    for (const held of [weights, trainable, inputs, seeds, optimiser]) held.allocate();
  }

  /**
   * Takes the rest, and puts first values in.
   * @throws EngineError `OutOfMemory`, `FileUnreadable`
   */
  async begin(processor: Backend, nextTurn: () => Promise<void>): Promise<void> {
    this.measure.allocate();
    this.descent.allocate();
    await this.weights.read(processor, nextTurn);
    await this.trainable.begin(this.settings.seed, processor);
    this.inputs.clear();
    this.optimiser.clear();
  }

  /** What the predicted tokens of a window's pieces lose, nats, at most 103 each, their sums, `[piece]`. */
  async lossesOf(window: TrainingWindow): Promise<Float64Array> {
    const count = this.inputs.put(window);
    await this.measure.compute();
    const probabilities = this.measure.values(this.measured, count);
    const losses = new Float64Array(window.pieces.length);
    let start = 0;
    window.pieces.forEach(({ tokens, scoredStart }, i) => {
      const end = start + tokens.length - 1;
      for (let row = start + scoredStart - 1; row < end; row++) {
        losses[i]! -= Math.log(Math.max(LEAST, probabilities[row]!));
      }
      start = end;
    });
    return losses;
  }

  /** What they lose together. */
  async lossOf(window: TrainingWindow): Promise<number> {
    const losses = await this.lossesOf(window);
    return losses.reduce((sum, loss) => sum + loss, 0);
  }

  /**
   * Adds up the gradients of a step's mean loss.
   * @param tokens that the step's windows predict together
   * @returns what the window's predicted tokens lose, nats, their sum
   */
  async descend(window: TrainingWindow, tokens: number): Promise<number> {
    const { length } = this.settings;
    this.inputs.put(window);
    // ggml counts the mean over rows, whether or not they predict a token.
    this.seeds.write(this.seed, Float32Array.of(length / tokens));
    await this.descent.compute();
    return this.descent.values(this.descentLoss, 1)[0]! * length;
  }

  dispose(): void {
    for (const made of this.made.splice(0).reverse()) made.dispose();
  }

  private keep<T extends { dispose(): void }>(made: T): T {
    this.made.push(made);
    return made;
  }
}

function trainableOf(
  model: NativeModel,
  weights: Weights,
  backend: Backend,
  { weights: wanted }: Settings,
): Trainable {
  if (wanted !== "all") return new Adapter(model, weights, backend, wanted);
  if (model.adapter === null) return new AllWeights(model, weights, backend);
  throw untrainable(model, "has an adapter, beside which its own weights are not trained");
}
