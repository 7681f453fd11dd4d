import { BLOCK_LOGITS, HISTOGRAM, BINS, blocks, exponentials } from "./layout";
import { FLOOR } from "./softmax";

/**
 * The row's exponentials e in (0, 1], counted by their upper 16 bits: 128 bins per octave. A bin holds two numbers in 64
 * bits, `count << 40 | sum of the lower 16 bits of e`, which give the sum of its e's without rounding.
 */
export function fillHistogram(): void {
  memory.fill(HISTOGRAM, 0, BINS * 8);
  const end = exponentials + blocks * BLOCK_LOGITS * 4;
  for (let address = exponentials; address < end; address += 16) {
    add(load<u32>(address));
    add(load<u32>(address, 4));
    add(load<u32>(address, 8));
    add(load<u32>(address, 12));
  }
}

/** The walk down the bins stands before `bin`; above lie `countAbove` entries with the sum `massAbove`. */
export let bin: i32 = 0;
export let countAbove: i32 = 0;
export let massAbove: f64 = 0;

export function startWalk(): void {
  bin = TOP_BIN;
  countAbove = 0;
  massAbove = 0;
}

/**
 * Walks down to the bin in which the `count` largest entries end or their sum reaches `mass`, whichever comes first.
 * False: neither does above the floor, whose bin (where padding lies too) counts as nothing.
 */
export function walkTo(count: i32, mass: f64): bool {
  for (; bin > FLOOR_BIN; bin--) {
    const content = load<i64>(binAddress(bin));
    if (content == 0) continue;
    const binCount = countOf(content);
    const binMass = massOf(content, bin);
    if (countAbove + binCount >= count || massAbove + binMass >= mass) return true;
    countAbove += binCount;
    massAbove += binMass;
  }
  return false;
}

/** Entries of the bin before which the walk stands. */
export function countInBin(): i32 {
  return countOf(load<i64>(binAddress(bin)));
}

/** Their sum. */
export function massInBin(): f64 {
  return massOf(load<i64>(binAddress(bin)), bin);
}

/** Bits of e below those that number its bin. */
export const LOW_BITS: i32 = 16;

const FLOOR_BIN: i32 = reinterpret<i32>(FLOOR) >> LOW_BITS;
const TOP_BIN: i32 = FLOOR_BIN + BINS - 1;

function add(bits: u32): void {
  const address = binAddress(bits >> LOW_BITS);
  store<i64>(address, load<i64>(address) + contentOf(bits));
}

function binAddress(bin: i32): i32 {
  return HISTOGRAM + (bin - FLOOR_BIN) * 8;
}

/** What one entry, the bits of its e, adds to its bin. */
export function contentOf(bits: u32): i64 {
  return ((<i64>1) << COUNT_SHIFT) | (<i64>(bits & 0xffff));
}

/** Number of entries in a bin of this content. */
export function countOf(content: i64): i32 {
  return <i32>(content >> COUNT_SHIFT);
}

/** Sum of the e's of some entries of bin `bin` with this content. */
export function massOf(content: i64, bin: i32): f64 {
  const low = content & (((<i64>1) << COUNT_SHIFT) - 1);
  const start: f64 = binStart(bin);
  return <f64>countOf(content) * start + (<f64>low * (binStart(bin + 1) - start)) / 65536;
}

const COUNT_SHIFT: i64 = 40;

/** The smallest e of a bin. */
export function binStart(bin: i32): f64 {
  return reinterpret<f32>(bin << LOW_BITS);
}
