/** Of what is read at a time, bytes. */
const BLOCK_BYTES = 16 * 2 ** 20;
const FLOAT_BYTES = 4;

/** Rows of so many 32-bit floats that are taken at a time. */
export function rowsOfBlock(floats: number, most: number, bytes = BLOCK_BYTES): number {
  return Math.max(1, Math.min(most, Math.floor(bytes / (floats * FLOAT_BYTES))));
}

/** Rows in order, as many as a block has; the last block has what is left. */
export function* blocksOf(rows: Uint32Array, size: number): Iterable<Uint32Array> {
  for (let start = 0; start < rows.length; start += size) yield rows.subarray(start, start + size);
}

/** So many rows at most, evenly from all of them. */
export function spread(rows: Uint32Array, most: number): Uint32Array {
  if (rows.length <= most) return rows;
  return Uint32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]!);
}
