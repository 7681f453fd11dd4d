import type { Tensor, TensorType } from "./gguf";
import { TENSOR_TYPES, tensorElements } from "./gguf";

/** A matrix of seeded random values, uniform with mean 0 and standard deviation `sd`; row length first. */
export function randomMatrix(
  name: string,
  type: TensorType,
  shape: readonly number[],
  sd: number,
  seed: number,
): Tensor {
  const chunks = () => randomChunks(type, tensorElements({ shape }), sd, generator(seed, name));
  return { name, type, shape, chunks };
}

/** As {@link randomMatrix} in F32, but the first value of every row is given. */
export function randomMatrixWithFirst(
  name: string,
  shape: readonly [columns: number, rows: number],
  sd: number,
  seed: number,
  first: (row: number) => number,
): Tensor {
  const [columns, rows] = shape;
  const chunks = () => {
    const values = randomFloats(columns * rows, sd, generator(seed, name));
    for (let row = 0; row < rows; row++) values[row * columns] = first(row);
    return [bytesOf(values)];
  };
  return { name, type: "F32", shape, chunks };
}

/** A vector of one value, for instance the ones of a norm; always F32, as llama.cpp wants it. */
export function constantVector(name: string, length: number, value: number): Tensor {
  const chunks = () => [bytesOf(new Float32Array(length).fill(value))];
  return { name, type: "F32", shape: [length], chunks };
}

/** A vector of seeded random values around `mean`; always F32. */
export function randomVector(
  name: string,
  length: number,
  mean: number,
  sd: number,
  seed: number,
): Tensor {
  const chunks = () => {
    const values = randomFloats(length, sd, generator(seed, name));
    return [bytesOf(values.map((value) => mean + value))];
  };
  return { name, type: "F32", shape: [length], chunks };
}

/** The same matrix (F32) with NaN in one row. */
export function withoutNumbers(tensor: Tensor, row: number): Tensor {
  const [columns = 0] = tensor.shape;
  const chunks = () => {
    const values = floatsOf(tensor);
    return [bytesOf(values.fill(NaN, row * columns, (row + 1) * columns))];
  };
  return { ...tensor, chunks };
}

/** Values of an F32 tensor. */
export function floatsOf(tensor: Tensor): Float32Array {
  // A copy: what `concat` gives may be part of a pool.
  return new Float32Array(new Uint8Array(Buffer.concat([...tensor.chunks()])).buffer);
}

/** Elements made at a time; a multiple of every type's block. */
const CHUNK = 1 << 18;

function* randomChunks(
  type: TensorType,
  elements: number,
  sd: number,
  next: () => number,
): Iterable<Uint8Array> {
  for (let start = 0; start < elements; start += CHUNK) {
    const count = Math.min(CHUNK, elements - start);
    if (type === "F32") yield bytesOf(randomFloats(count, sd, next));
    else if (type === "F16") yield randomHalves(count, sd, next);
    else yield randomBlocks(count, sd, next);
  }
}

/** A uniform variable on [-1, 1) has the standard deviation 1 / √3. */
const UNIFORM_RANGE = Math.sqrt(3);

function randomFloats(count: number, sd: number, next: () => number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = (next() / 2 ** 31) * UNIFORM_RANGE * sd;
  return values;
}

/** Two values per draw, out of a table of 4,096 levels: large test models are written in seconds. */
function randomHalves(count: number, sd: number, next: () => number): Uint8Array {
  const levels = new Uint16Array(4096);
  for (let i = 0; i < levels.length; i++) {
    levels[i] = toHalf(((i + 0.5) / 2048 - 1) * UNIFORM_RANGE * sd);
  }
  const values = new Uint16Array(count);
  for (let i = 0; i < count; i += 2) {
    const bits = next();
    values[i] = levels[bits & 4095] ?? 0;
    values[i + 1] = levels[(bits >>> 16) & 4095] ?? 0;
  }
  return bytesOf(values);
}

/** Q8_0: blocks of a half-precision scale and 32 signed bytes; bytes are drawn four at a time. */
function randomBlocks(count: number, sd: number, next: () => number): Uint8Array {
  const { elements, bytes } = TENSOR_TYPES.Q8_0;
  const scale = toHalf((UNIFORM_RANGE * sd) / 128);
  const data = new DataView(new ArrayBuffer((count / elements) * bytes));
  for (let block = 0; block < data.byteLength; block += bytes) {
    data.setUint16(block, scale, true);
    for (let i = 2; i < bytes; i += 4) data.setInt32(block + i, next());
  }
  return bytesOf(data);
}

/** Marsaglia's xorshift32, started from the seed and the tensor's name: tensors do not depend on their order. */
function generator(seed: number, name: string): () => number {
  let state = 0x811c9dc5 ^ seed;
  for (const byte of Buffer.from(name)) state = Math.imul(state ^ byte, 0x01000193);
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

/** Nearest half-precision number below 65,504; smaller than 2^-24 becomes 0. */
export function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  const fraction = Math.round((size / 2 ** exponent - 1) * 1024);
  return sign | (((exponent + 15) << 10) + fraction);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
