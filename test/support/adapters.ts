/** Low-rank adapters for tests: GGUF files as llama.cpp reads them, with seeded random matrices. */
import type { Metadata, MetadataValue, Tensor, TensorType } from "./gguf";
import { writeGguf } from "./gguf";
import { fromHalf } from "./readStates";
import { floatsOf, randomMatrix } from "./weights";

export interface AdapterOptions {
  readonly architecture?: string;
  readonly rank: number;
  readonly alpha: number;
  readonly type?: TensorType;
  readonly seed: number;
  /** Sizes of the weights that are changed, row length first, by name. */
  readonly weights: Readonly<Record<string, readonly [columns: number, rows: number]>>;
  /** Standard deviation of an entry of B times A, before alpha over rank. */
  readonly spread: number;
  /** Keys of the header that differ; null: left out. */
  readonly metadata?: Readonly<Record<string, MetadataValue | null>>;
}

export function writeAdapter(path: string, options: AdapterOptions): void {
  writeGguf(path, metadataOf(options), adapterTensors(options));
}

function metadataOf({ architecture = "llama", alpha, metadata }: AdapterOptions): Metadata {
  const all: Readonly<Record<string, MetadataValue | null>> = {
    "general.type": { type: "string", value: "adapter" },
    "general.architecture": { type: "string", value: architecture },
    "adapter.type": { type: "string", value: "lora" },
    "adapter.lora.alpha": { type: "f32", value: alpha },
    ...metadata,
  };
  const given = (entry: [string, MetadataValue | null]): entry is [string, MetadataValue] =>
    entry[1] !== null;
  return Object.fromEntries(Object.entries(all).filter(given));
}

/** A's rows are as long as the weight's, B's as long as the rank; of embeddings, which are looked up, the other way round. */
export function adapterTensors(options: AdapterOptions): Tensor[] {
  const { rank, type = "F32", seed, spread } = options;
  // An entry of the product is a sum of `rank` products.
  const sd = Math.sqrt(spread / Math.sqrt(rank));
  return Object.entries(options.weights).flatMap(([name, [columns, rows]]) => {
    const isEmbedding = name === "token_embd.weight";
    return [
      randomMatrix(`${name}.lora_a`, type, isEmbedding ? [rank, rows] : [columns, rank], sd, seed),
      randomMatrix(`${name}.lora_b`, type, isEmbedding ? [rank, columns] : [rank, rows], sd, seed),
    ];
  });
}

function valuesOf(tensor: Tensor): Float32Array {
  if (tensor.type === "F32") return floatsOf(tensor);
  const bytes = Buffer.concat([...tensor.chunks()]);
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) =>
    fromHalf(bytes.readUInt16LE(2 * i)),
  );
}

/** The weights with an adapter's product added, in F32: W + alpha / rank · B · A. */
export function adaptedWeights(
  weights: ReadonlyMap<string, Float32Array>,
  options: AdapterOptions,
): Map<string, Float32Array> {
  const { rank, alpha } = options;
  const values = new Map(adapterTensors(options).map((tensor) => [tensor.name, valuesOf(tensor)]));
  const adapted = new Map(weights);
  for (const [name, [columns, rows]] of Object.entries(options.weights)) {
    const [a, b] = [values.get(`${name}.lora_a`)!, values.get(`${name}.lora_b`)!];
    const isEmbedding = name === "token_embd.weight";
    adapted.set(
      name,
      weights.get(name)!.map((value, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        let sum = 0;
        for (let k = 0; k < rank; k++) {
          sum += isEmbedding
            ? a[row * rank + k]! * b[column * rank + k]!
            : b[row * rank + k]! * a[k * columns + column]!;
        }
        return value + (alpha / rank) * sum;
      }),
    );
    if (adapted.get(name)!.length !== columns * rows) throw new Error(`${name} is not as it says`);
  }
  return adapted;
}
