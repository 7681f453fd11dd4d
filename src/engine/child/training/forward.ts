import type { Pointer } from "../llama/library";
import type { Architecture } from "./architecture";
import type { Inputs } from "./inputs";
import type { Network } from "./network";

/** How a network reaches weights. */
export interface Layers {
  /** @throws EngineError `Untrainable` where the model has none of that name */
  weight(name: string): Pointer;
  /** null: the model has none of that name. */
  optional(name: string): Pointer | null;
  /** Values of one that the model has. */
  sizeOf(name: string): number;
  /** Rows of x times the matrix of that name, and what an adapter adds. */
  linear(network: Network, name: string, x: Pointer): Pointer;
}

/**
 * Logits of a window as a transformer of the Llama family computes them, without a cache of keys and values: every parameter has
 * its gradient. What sets the architectures apart shows in their tensors: biases, norms of queries and keys (of each head or of all), norms
 * before a block or behind it.
 */
export function logits(
  network: Network,
  architecture: Architecture,
  layers: Layers,
  inputs: Inputs,
): Pointer {
  const { epsilon } = architecture;
  let x = network.rows(layers.weight("token_embd.weight"), inputs.tokens);
  const normed = (name: string, state: Pointer) => {
    const weight = layers.optional(`${name}.weight`);
    return weight ? network.rmsNorm(state, weight, epsilon) : state;
  };
  for (let i = 0; i < architecture.layers; i++) {
    const block = `blk.${i}.`;
    const attended = attention(network, architecture, layers, inputs, {
      block,
      x: normed(`${block}attn_norm`, x),
    });
    x = network.plus(x, normed(`${block}post_attention_norm`, attended));
    const fed = feedForward(network, layers, block, normed(`${block}ffn_norm`, x));
    x = network.plus(x, normed(`${block}post_ffw_norm`, fed));
  }
  const last = network.rmsNorm(x, layers.weight("output_norm.weight"), epsilon);
  const head = layers.optional("output.weight") ?? layers.weight("token_embd.weight");
  // What is not predicted has neither loss nor gradient.
  return network.product(head, network.times(last, inputs.predicted));
}

function attention(
  network: Network,
  { heads, keyHeads, headSize, epsilon, rope }: Architecture,
  layers: Layers,
  { length, positions, mask }: Inputs,
  { block, x }: { readonly block: string; readonly x: Pointer },
): Pointer {
  const factors = layers.optional("rope_freqs.weight");
  const projected = (name: string) => biased(network, layers, `${block}${name}`, x);
  const rotated = (name: string, count: number) => {
    const norm = layers.optional(`${block}${name}_norm.weight`);
    let state = projected(name);
    const isOfAll = norm !== null && layers.sizeOf(`${block}${name}_norm.weight`) > headSize;
    if (norm && isOfAll) state = network.rmsNorm(state, norm, epsilon);
    state = network.cube(state, headSize, count, length);
    if (norm && !isOfAll) state = network.rmsNorm(state, norm, epsilon);
    return network.permuted(network.rope(state, positions, factors, rope), [0, 2, 1]);
  };
  const queries = rotated("attn_q", heads);
  const keys = rotated("attn_k", keyHeads);
  const values = network.cube(projected("attn_v"), headSize, keyHeads, length);
  const weights = network.softmax(network.product(keys, queries), mask, 1 / Math.sqrt(headSize));
  const mixed = network.product(network.laidOut(network.permuted(values, [1, 2, 0])), weights);
  const joined = network.laidOut(network.permuted(mixed, [0, 2, 1]));
  const all = network.matrix(joined, headSize * heads, length);
  return biased(network, layers, `${block}attn_output`, all);
}

function feedForward(network: Network, layers: Layers, block: string, x: Pointer): Pointer {
  const gate = biased(network, layers, `${block}ffn_gate`, x);
  const up = biased(network, layers, `${block}ffn_up`, x);
  return biased(network, layers, `${block}ffn_down`, network.swiglu(gate, up));
}

function biased(network: Network, layers: Layers, name: string, x: Pointer): Pointer {
  const product = layers.linear(network, `${name}.weight`, x);
  const bias = layers.optional(`${name}.bias`);
  return bias ? network.plus(product, bias) : product;
}
