import { BLOCK_BYTES, BLOCK_LOGITS, TAIL, blockMaxima, blocks, vocabularySize } from "./layout";

/** The row in work; its logits are read through {@link blockAddress}. */
export let row: i32 = 0;
/** Its largest logit; -Infinity: the row defines no distribution. */
export let largest: f32 = -Infinity;

/** Takes up a row and finds the largest logit of each block and of all. */
export function openRow(address: i32): void {
  row = address;
  copyTail();
  largest = findMaxima();
  if (largest == Infinity) {
    replaceInfinity();
    copyTail();
    largest = findMaxima();
  }
}

/** Block `block` of the row; the last, incomplete one is read from its filled-up copy. */
export function blockAddress(block: i32): i32 {
  const full = vocabularySize / BLOCK_LOGITS;
  return block < full ? row + block * BLOCK_BYTES : TAIL;
}

/** One logit, NaN read as -Infinity. */
export function logitOf(id: i32): f32 {
  const logit = load<f32>(row + id * 4);
  return logit == logit ? logit : -Infinity;
}

function copyTail(): void {
  const full = vocabularySize / BLOCK_LOGITS;
  const rest = (vocabularySize % BLOCK_LOGITS) * 4;
  for (let i = rest; i < BLOCK_BYTES; i += 4) store<f32>(TAIL + i, -Infinity);
  memory.copy(TAIL, row + full * BLOCK_BYTES, rest);
}

function findMaxima(): f32 {
  let overall: f32 = -Infinity;
  for (let block = 0; block < blocks; block++) {
    const maximum = blockMaximum(blockAddress(block));
    store<f32>(blockMaxima + block * 4, maximum);
    if (maximum > overall) overall = maximum;
  }
  return overall;
}

/** `pmax(a, b)` is `a < b ? b : a`: with the new value as b, a NaN is never taken. */
function blockMaximum(address: i32): f32 {
  let a = f32x4.splat(-Infinity);
  let b = a;
  for (let i = 0; i < BLOCK_BYTES; i += 64) {
    a = f32x4.pmax(a, v128.load(address + i));
    b = f32x4.pmax(b, v128.load(address + i, 16));
    a = f32x4.pmax(a, v128.load(address + i, 32));
    b = f32x4.pmax(b, v128.load(address + i, 48));
  }
  a = f32x4.pmax(a, b);
  a = f32x4.pmax(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  a = f32x4.pmax(a, v128.shuffle<f32>(a, a, 1, 0, 3, 2));
  return f32x4.extract_lane(a, 0);
}

/** Differences to an infinite logit would be NaN. */
function replaceInfinity(): void {
  for (let id = 0; id < vocabularySize; id++) {
    if (load<f32>(row + id * 4) == Infinity) store<f32>(row + id * 4, f32.MAX_VALUE);
  }
}
