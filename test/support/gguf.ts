/**
 * Writes GGUF version 3, the file format of llama.cpp (specification: `docs/gguf.md` of ggml): magic, counts, metadata,
 * tensor table, then the tensors' data, each aligned to 32 bytes. Everything is little-endian.
 */
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Writes a file whole or not at all: a test that dies half-way leaves no broken file under the name. */
export function writeGguf(path: string, metadata: Metadata, tensors: readonly Tensor[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  const file = openSync(partial, "w");
  try {
    writeAll(file, padding(writeAll(file, header(metadata, tensors))));
    for (const tensor of tensors) {
      let written = 0;
      for (const chunk of tensor.chunks()) written += writeAll(file, chunk);
      if (written !== tensorBytes(tensor)) throw new Error(`${tensor.name} has ${written} bytes`);
      writeAll(file, padding(written));
    }
  } finally {
    closeSync(file);
  }
  renameSync(partial, path);
}

/** Keys and values in the order they are written. */
export type Metadata = Readonly<Record<string, MetadataValue>>;

export type MetadataValue =
  | { readonly type: "u16" | "u32" | "i32" | "f32"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "i32s"; readonly value: Int32Array }
  | { readonly type: "f32s"; readonly value: Float32Array };

export type TensorType = "F32" | "F16" | "Q8_0";

export interface Tensor {
  readonly name: string;
  readonly type: TensorType;
  /** Row length first, as ggml counts dimensions. */
  readonly shape: readonly number[];
  /** The data, in pieces, so that no tensor has to be in memory whole. */
  readonly chunks: () => Iterable<Uint8Array>;
}

/** Elements and bytes of one block of a type, and its number in ggml's `enum ggml_type`. */
export const TENSOR_TYPES: Record<TensorType, { elements: number; bytes: number; code: number }> = {
  F32: { elements: 1, bytes: 4, code: 0 },
  F16: { elements: 1, bytes: 2, code: 1 },
  Q8_0: { elements: 32, bytes: 34, code: 8 },
};

export function tensorElements(tensor: { readonly shape: readonly number[] }): number {
  return tensor.shape.reduce((product, length) => product * length, 1);
}

export function tensorBytes(tensor: Pick<Tensor, "type" | "shape">): number {
  const { elements, bytes } = TENSOR_TYPES[tensor.type];
  return (tensorElements(tensor) / elements) * bytes;
}

const ALIGNMENT = 32;

function padding(position: number): Uint8Array {
  return new Uint8Array((ALIGNMENT - (position % ALIGNMENT)) % ALIGNMENT);
}

function header(metadata: Metadata, tensors: readonly Tensor[]): Uint8Array {
  const keys = Object.entries(metadata);
  const parts: Uint8Array[] = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(keys.length)];
  for (const [key, value] of keys) {
    parts.push(text(key));
    // One at a time: a vocabulary has more entries than a call takes arguments.
    for (const part of metadataValue(value)) parts.push(part);
  }
  let offset = 0;
  for (const tensor of tensors) {
    const { code } = TENSOR_TYPES[tensor.type];
    parts.push(text(tensor.name), u32(tensor.shape.length), ...tensor.shape.map(u64));
    parts.push(u32(code), u64(offset));
    const bytes = tensorBytes(tensor);
    offset += bytes + padding(bytes).length;
  }
  return Buffer.concat(parts);
}

/** Numbers of `enum gguf_type`. */
const VALUE_TYPES = { u16: 2, u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;

function metadataValue(entry: MetadataValue): Uint8Array[] {
  switch (entry.type) {
    case "u16":
    case "u32":
    case "i32":
    case "f32":
      return [u32(VALUE_TYPES[entry.type]), number(entry.type, entry.value)];
    case "bool":
      return [u32(VALUE_TYPES.bool), Uint8Array.of(entry.value ? 1 : 0)];
    case "string":
      return [u32(VALUE_TYPES.string), text(entry.value)];
    case "strings":
      return [...arrayHead("string", entry.value.length), ...entry.value.map(text)];
    case "i32s":
      return [...arrayHead("i32", entry.value.length), bytesOf(entry.value)];
    case "f32s":
      return [...arrayHead("f32", entry.value.length), bytesOf(entry.value)];
  }
}

function arrayHead(type: keyof typeof VALUE_TYPES, length: number): Uint8Array[] {
  return [u32(VALUE_TYPES.array), u32(VALUE_TYPES[type]), u64(length)];
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Uint8Array {
  return number("u32", value);
}

function u64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function number(type: "u16" | "u32" | "i32" | "f32", value: number): Uint8Array {
  const bytes = Buffer.alloc(type === "u16" ? 2 : 4);
  if (type === "u16") bytes.writeUInt16LE(value);
  else if (type === "u32") bytes.writeUInt32LE(value);
  else if (type === "i32") bytes.writeInt32LE(value);
  else bytes.writeFloatLE(value);
  return bytes;
}

function bytesOf(array: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function writeAll(file: number, bytes: Uint8Array): number {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
  return bytes.length;
}
