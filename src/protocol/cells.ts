import type { TextRange } from "./scores";

/**
 * Values to paint, one per cell (a token; in the difference view a segment), in text order. `starts`, `ends` are
 * little-endian u32 UTF-16 offsets, `values` f32: surprisal in bits (base, rlhf), log2 p_base - log2 p_RLHF in bits
 * (difference), rank under the RLHF model (rank) or the base model (baseRank). All in base64; {@link packNumbers} and
 * {@link unpackFloats} / {@link unpackOffsets} convert.
 */
export interface Cells {
  readonly version: number;
  readonly starts: string;
  readonly ends: string;
  readonly values: string;
  /** Parts of `range` whose values belong to an earlier version of the text; marked, never shown as current. */
  readonly stale: readonly TextRange[];
}

// Both are in every browser and in Node, but in no library that this layer may name.
declare function btoa(binary: string): string;
declare function atob(base64: string): string;

/** Packs numbers for {@link Cells}. */
export function packNumbers(numbers: Uint32Array | Float32Array): string {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  let binary = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}

/** Reads offsets packed by {@link packNumbers}. */
export function unpackOffsets(packed: string): Uint32Array {
  return new Uint32Array(unpackBytes(packed));
}

/** Reads values packed by {@link packNumbers}. */
export function unpackFloats(packed: string): Float32Array {
  return new Float32Array(unpackBytes(packed));
}

function unpackBytes(packed: string): ArrayBuffer {
  const binary = atob(packed);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}
