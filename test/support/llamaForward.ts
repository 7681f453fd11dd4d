/**
 * The Llama architecture (Touvron et al. 2023) in plain loops with 64-bit floats, for models without biases whose weights are
 * F32: what llama.cpp computes is held against it.
 */
export interface LlamaShape {
  readonly layers: number;
  readonly embedding: number;
  readonly feedForward: number;
  readonly heads: number;
  readonly kvHeads: number;
}

/** States of a text: `[layer][token][dimension]`, layer 0 being the embeddings. */
export function llamaStates(
  weights: ReadonlyMap<string, Float32Array>,
  shape: LlamaShape,
  tokens: Int32Array,
): Float64Array[][] {
  const { embedding, layers } = shape;
  const weight = (name: string) => {
    const found = weights.get(`${name}.weight`);
    if (found === undefined) throw new Error(`There is no ${name}.`);
    return found;
  };
  const embeddings = weight("token_embd");
  const states: Float64Array[][] = [
    Array.from(tokens, (id) =>
      Float64Array.from(embeddings.subarray(id * embedding, (id + 1) * embedding)),
    ),
  ];
  for (let layer = 0; layer < layers; layer++) {
    states.push(block(states[layer]!, shape, (name) => weight(`blk.${layer}.${name}`)));
  }
  return states;
}

function block(
  input: readonly Float64Array[],
  shape: LlamaShape,
  weight: (name: string) => Float32Array,
): Float64Array[] {
  const normed = input.map((state) => rmsNorm(state, weight("attn_norm")));
  const rotated = (name: string) =>
    normed.map((state, position) => rotate(times(weight(name), state), position, shape));
  const values = normed.map((state) => times(weight("attn_v"), state));
  const attended = attend(rotated("attn_q"), rotated("attn_k"), values, shape);
  return input.map((state, token) => {
    const between = plus(state, times(weight("attn_output"), attended[token]!));
    const fed = rmsNorm(between, weight("ffn_norm"));
    const up = times(weight("ffn_up"), fed);
    const gated = times(weight("ffn_gate"), fed).map((x, i) => (x / (1 + Math.exp(-x))) * up[i]!);
    return plus(between, times(weight("ffn_down"), gated));
  });
}

/** Each token attends to itself and to those before it; heads of queries share those of keys and values. */
function attend(
  queries: readonly Float64Array[],
  keys: readonly Float64Array[],
  values: readonly Float64Array[],
  { embedding, heads, kvHeads }: LlamaShape,
): Float64Array[] {
  const size = embedding / heads;
  return queries.map((query, token) => {
    const out = new Float64Array(embedding);
    for (let head = 0; head < heads; head++) {
      const from = Math.floor((head * kvHeads) / heads) * size;
      const part = query.subarray(head * size, (head + 1) * size);
      const powers = keys
        .slice(0, token + 1)
        .map((key) => Math.exp(dot(part, key.subarray(from, from + size)) / Math.sqrt(size)));
      const sum = powers.reduce((a, b) => a + b, 0);
      powers.forEach((power, other) => {
        for (let i = 0; i < size; i++) {
          out[head * size + i]! += (power / sum) * values[other]![from + i]!;
        }
      });
    }
    return out;
  });
}

/** Turns pairs of neighbours within a head by angles that fall from 1 to 1/10,000 a position (Su et al. 2021). */
function rotate(
  vector: Float64Array,
  position: number,
  { embedding, heads }: LlamaShape,
): Float64Array {
  const size = embedding / heads;
  for (let i = 0; i < vector.length; i += 2) {
    const angle = position * 10_000 ** (-(i % size) / size);
    const [x, y] = [vector[i]!, vector[i + 1]!];
    vector[i] = x * Math.cos(angle) - y * Math.sin(angle);
    vector[i + 1] = x * Math.sin(angle) + y * Math.cos(angle);
  }
  return vector;
}

function rmsNorm(vector: Float64Array, scale: Float32Array): Float64Array {
  const size = Math.sqrt(dot(vector, vector) / vector.length + 1e-5);
  return vector.map((x, i) => (x / size) * scale[i]!);
}

/** @param matrix rows of the vector's length, one after another */
function times(matrix: Float32Array, vector: Float64Array): Float64Array {
  const columns = vector.length;
  return Float64Array.from({ length: matrix.length / columns }, (_, row) =>
    dot(matrix.subarray(row * columns, (row + 1) * columns), vector),
  );
}

function dot(a: Float32Array | Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function plus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, i) => x + b[i]!);
}
