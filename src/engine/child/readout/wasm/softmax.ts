import { BLOCK_BYTES, blocks, exponentials } from "./layout";
import { blockAddress, largest } from "./row";

/** Sum of exp(x), x = (logit - largest) / temperature, over the row: 1 .. V. */
export let sum: f64 = 0;
/** Sum of x exp(x), ≤ 0. */
export let weightedSum: f64 = 0;

/** ln of the sum, ≥ 0. */
export function logOfSum(): f64 {
  return JSMath.log(sum);
}

/** ln p of an entry with this logit, at temperature 1. */
export function logProbabilityOf(logit: f32): f64 {
  return <f64>logit - <f64>largest - JSMath.log(sum);
}

/** Smallest exponential, 2^-48: whatever lies below counts as this, all of a row as less than 1e-9 of its sum. */
export const FLOOR: f32 = 3.552713678800501e-15;
const LOG2_FLOOR: f32 = -48;

/** Fills `exponentials` and the two sums. */
export function exponentiate(temperature: f64): void {
  // Not infinite: 0 times that is NaN.
  const scale = f32x4.splat(min(<f32>(LOG2_E / temperature), f32.MAX_VALUE));
  const shift = f32x4.splat(largest);
  let sums = f64x2.splat(0);
  let weightedSums = f64x2.splat(0);
  for (let block = 0; block < blocks; block++) {
    const source = blockAddress(block);
    const target = exponentials + block * BLOCK_BYTES;
    // Two loops: one would need more vector registers than there are.
    for (let i = 0; i < BLOCK_BYTES; i += 16) {
      // `pmax(a, b)` is `a < b ? b : a`: a NaN becomes the floor too.
      const distance = f32x4.mul(f32x4.sub(v128.load(source + i), shift), scale);
      v128.store(target + i, f32x4.pmax(f32x4.splat(LOG2_FLOOR), distance));
    }
    let blockWeighted = f32x4.splat(0);
    for (let i = 0; i < BLOCK_BYTES; i += 16) {
      const y = v128.load(target + i);
      const e = powerOfTwo(y);
      v128.store(target + i, e);
      blockWeighted = f32x4.add(blockWeighted, f32x4.mul(e, y));
      sums = f64x2.add(sums, sumOfHalves(e));
    }
    weightedSums = f64x2.add(weightedSums, sumOfHalves(blockWeighted));
  }
  sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  const weighted = f64x2.extract_lane(weightedSums, 0) + f64x2.extract_lane(weightedSums, 1);
  weightedSum = weighted / LOG2_E;
}

const LOG2_E: f64 = 1.4426950408889634;

/** 1.5 * 2^23: adding it to a small number rounds that to an integer, which then stands in the lowest bits. */
const ROUNDER: f32 = 12582912;

/**
 * 2^y for y in [-126, 0], relative error below 2e-7: 2^n p(f) with n + f = y, |f| ≤ 1/2, and p the minimax polynomial
 * of degree 5 of 2^f (relative error 9.2e-8, p(0) = 1), in Estrin's order.
 */
export function powerOfTwo(y: v128): v128 {
  const shifted = f32x4.add(y, f32x4.splat(ROUNDER));
  const f = f32x4.sub(y, f32x4.sub(shifted, f32x4.splat(ROUNDER)));
  const square = f32x4.mul(f, f);
  const high = line(f, 0.001326471434962646, 0.009671512638441262);
  const middle = line(f, 0.0555073377378809, 0.24022242085843468);
  const low = line(f, 0.6931469775872215, 1);
  const upper = f32x4.add(f32x4.mul(high, square), middle);
  const p = f32x4.add(f32x4.mul(upper, square), low);
  // Adding n to the exponent's bits multiplies by 2^n.
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

function line(f: v128, slope: f32, start: f32): v128 {
  return f32x4.add(f32x4.mul(f, f32x4.splat(slope)), f32x4.splat(start));
}

/** Two 64-bit sums of four 32-bit numbers. */
export function sumOfHalves(v: v128): v128 {
  const upper = v128.shuffle<f32>(v, v, 2, 3, 2, 3);
  return f64x2.add(v128.promote_low<f32>(v), v128.promote_low<f32>(upper));
}
