/**
 * Where things lie in the memory, which belongs to one readout alone: first what has a fixed size, then what grows with
 * the vocabulary. Addresses and sizes in bytes.
 */

/** Logits of one block; every pass works block by block. */
export const BLOCK_LOGITS: i32 = 64;
export const BLOCK_BYTES: i32 = BLOCK_LOGITS * 4;

export const MAX_TOP_K: i32 = 100;

// What the kernel leaves for its caller.
/** f64: log-probability, entropy. */
export const NUMBERS: i32 = 0;
/** u32: rank, coverage. */
export const COUNTS: i32 = 16;
/** f64: C(k). */
export const MASSES: i32 = 32;
/** i32: the k of C(k), written by the caller, rising. */
export const CONCENTRATION_KS: i32 = 160;
/** i32 */
export const TOP_ID: i32 = 256;
/** f32 */
export const TOP_LOG_PROBABILITY: i32 = TOP_ID + 4 * MAX_TOP_K;

// Work space of the passes.
/** i64: entries of the list of the largest logits. */
export const TOP_ENTRIES: i32 = TOP_LOG_PROBABILITY + 4 * MAX_TOP_K;
/** f32: the row's last, incomplete block, filled up with -Infinity. */
export const TAIL: i32 = TOP_ENTRIES + 8 * MAX_TOP_K;
/** i64 [digit]: the histogram of one bin's entries by a digit of their logits. */
export const DIGITS: i32 = TAIL + BLOCK_BYTES;
/** i64 [bin]: the histogram of the row's exponentials. */
export const HISTOGRAM: i32 = DIGITS + 256 * 8;
export const BINS: i32 = 48 * 128 + 1;

const FIXED_END: i32 = HISTOGRAM + BINS * 8;

/** Entries of the vocabulary. */
export let vocabularySize: i32 = 0;
/** Blocks of a row, the incomplete one included. */
export let blocks: i32 = 0;
/** f32 [block]: the largest logit of each block. */
export let blockMaxima: i32 = 0;
/** f64 [block]: the sum of each block's kept exponentials. */
export let blockMasses: i32 = 0;
/** f32 [id]: exp((logit - largest) / temperature), filled up to whole blocks. */
export let exponentials: i32 = 0;
/** Entries gathered from one histogram bin. */
export let candidates: i32 = 0;
/** i32 [id]: -1 for entries whose summed probability is wanted, else 0; written by the caller, filled up to whole blocks. */
export let members: i32 = 0;
let rows: i32 = 0;

export function layOut(size: i32): void {
  vocabularySize = size;
  blocks = (size + BLOCK_LOGITS - 1) / BLOCK_LOGITS;
  blockMaxima = align(FIXED_END);
  blockMasses = align(blockMaxima + blocks * 4);
  exponentials = align(blockMasses + blocks * 8);
  candidates = exponentials + blocks * BLOCK_BYTES;
  members = candidates + blocks * BLOCK_BYTES;
  rows = members + blocks * BLOCK_BYTES;
}

export function rowAddress(row: i32): i32 {
  return rows + row * vocabularySize * 4;
}

export function membersAddress(): i32 {
  return members;
}

/** Cache lines have 64 bytes. */
function align(address: i32): i32 {
  return (address + 63) & ~63;
}
