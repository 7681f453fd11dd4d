import { BLOCK_BYTES, DIGITS, blocks, candidates, exponentials } from "./layout";
import { LOW_BITS, bin, contentOf, countAbove, countOf, massAbove, massOf } from "./histogram";
import { logitOf } from "./row";
import { orderedBits } from "./rounding";

/** What {@link selectInBin} found: number and sum of the largest entries, the bins above included. */
export let selectedCount: i32 = 0;
export let selectedMass: f64 = 0;
/** The last of them: its logit, and its id, beyond which equal logits are out. */
export let lastLogit: f32 = 0;
export let lastId: i32 = 0;

/**
 * Finds, within the bin before which the walk stands, the place where the `count` largest entries end or their sum
 * reaches `mass`: a radix selection on the logits' bits, from the highest digit that differs down. Each digit's entries
 * are counted and summed, whole digits are taken as long as they stay below the limits, and the search goes on in the
 * digit that does not. O(entries of the bin x digits).
 */
export function selectInBin(count: i32, mass: f64): void {
  let length = gatherBin();
  selectedCount = countAbove;
  selectedMass = massAbove;
  const lowest = lowestKey(length);
  let shift = highestShift(length, lowest);
  while (true) {
    fillDigits(length, lowest, shift);
    const digit = takeDigits(count, mass);
    length = keepDigit(length, lowest, shift, digit);
    if (shift == 0) break;
    shift = max(0, shift - DIGIT_BITS);
  }
  takeEqual(length, count, mass);
}

const DIGIT_BITS: i32 = 8;
const DIGIT_COUNT: i32 = 1 << DIGIT_BITS;

/** Lists the bin's ids, rising, in `candidates`; returns how many there are. */
function gatherBin(): i32 {
  let length = 0;
  const wanted = i32x4.splat(bin);
  for (let offset = 0; offset < blocks * BLOCK_BYTES; offset += 16) {
    const bins = i32x4.shr_u(v128.load(exponentials + offset), LOW_BITS);
    let hits = i32x4.bitmask(i32x4.eq(bins, wanted));
    for (; hits != 0; hits &= hits - 1) setCandidate(length++, (offset >> 2) + ctz(hits));
  }
  return length;
}

/** The smallest of the candidates' logits, as ordered bits. */
function lowestKey(length: i32): i32 {
  let lowest = i32.MAX_VALUE;
  for (let i = 0; i < length; i++) lowest = min(lowest, orderedBits(logitOf(candidate(i))));
  return lowest;
}

/** Place of the highest digit in which the candidates differ. */
function highestShift(length: i32, lowest: i32): i32 {
  let largest: u32 = 0;
  for (let i = 0; i < length; i++) largest = max(largest, keyOf(candidate(i), lowest));
  return max(0, 32 - <i32>clz(largest) - DIGIT_BITS);
}

function fillDigits(length: i32, lowest: i32, shift: i32): void {
  memory.fill(DIGITS, 0, DIGIT_COUNT * 8);
  for (let i = 0; i < length; i++) {
    const id = candidate(i);
    const address = DIGITS + digitOf(id, lowest, shift) * 8;
    store<i64>(address, load<i64>(address) + contentOf(exponentialBits(id)));
  }
}

/** Takes digits from the highest down, as long as they stay below both limits; returns the one that does not. */
function takeDigits(count: i32, mass: f64): i32 {
  let last = 0;
  while (load<i64>(DIGITS + last * 8) == 0) last++;
  for (let digit = DIGIT_COUNT - 1; digit > last; digit--) {
    const content = load<i64>(DIGITS + digit * 8);
    if (content == 0) continue;
    const digitCount = countOf(content);
    const digitMass = massOf(content, bin);
    if (selectedCount + digitCount >= count || selectedMass + digitMass >= mass) return digit;
    selectedCount += digitCount;
    selectedMass += digitMass;
  }
  return last;
}

/** Keeps the candidates with this digit, in their order; returns how many there are. */
function keepDigit(length: i32, lowest: i32, shift: i32, digit: i32): i32 {
  let kept = 0;
  for (let i = 0; i < length; i++) {
    const id = candidate(i);
    if (digitOf(id, lowest, shift) == digit) setCandidate(kept++, id);
  }
  return kept;
}

/** Takes candidates of one logit by rising id up to the limit. */
function takeEqual(length: i32, count: i32, mass: f64): void {
  for (let i = 0; i < length; i++) {
    lastId = candidate(i);
    selectedCount++;
    selectedMass += reinterpret<f32>(exponentialBits(lastId));
    if (selectedCount >= count || selectedMass >= mass) break;
  }
  lastLogit = logitOf(lastId);
}

function digitOf(id: i32, lowest: i32, shift: i32): i32 {
  return (keyOf(id, lowest) >> shift) & (DIGIT_COUNT - 1);
}

function keyOf(id: i32, lowest: i32): u32 {
  return orderedBits(logitOf(id)) - lowest;
}

function exponentialBits(id: i32): u32 {
  return load<u32>(exponentials + id * 4);
}

function candidate(i: i32): i32 {
  return load<i32>(candidates + i * 4);
}

function setCandidate(i: i32, id: i32): void {
  store<i32>(candidates + i * 4, id);
}
