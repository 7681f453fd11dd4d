import type { Tensor } from "./gguf";
import type { ModelOptions } from "./models";
import { randomVector } from "./weights";

/**
 * Tensors of architectures that differ little from Llama: Qwen 2 has biases, Qwen 3 norms of each head, OLMo 2 norms of all heads, and
 * norms behind blocks in place of those before.
 * @param shared those of a Llama model
 */
export function relativeTensors(shared: readonly Tensor[], options: ModelOptions): Tensor[] {
  const isBefore = ({ name }: Tensor) => /\.(attn|ffn)_norm\./.test(name);
  const own = Array.from({ length: options.layers }, (_, layer) => ownVectors(options, layer));
  const kept =
    options.architecture === "olmo2" ? shared.filter((tensor) => !isBefore(tensor)) : shared;
  return [...kept, ...own.flat()];
}

function ownVectors(options: ModelOptions, layer: number): Tensor[] {
  const { architecture, embedding, heads, kvHeads, seed } = options;
  const kvWidth = (embedding / heads) * kvHeads;
  const vector = (name: string, length: number, mean: number) =>
    randomVector(`blk.${layer}.${name}`, length, mean, 0.2, seed);
  const bias = (name: string, length: number) => vector(`${name}.bias`, length, 0);
  const norm = (name: string, length: number) => vector(`${name}_norm.weight`, length, 1);
  if (architecture === "qwen2") {
    return [bias("attn_q", embedding), bias("attn_k", kvWidth), bias("attn_v", kvWidth)];
  }
  if (architecture === "qwen3") {
    return ["attn_q", "attn_k"].map((name) => norm(name, embedding / heads));
  }
  return [
    norm("attn_q", embedding),
    norm("attn_k", kvWidth),
    norm("post_attention", embedding),
    norm("post_ffw", embedding),
  ];
}
