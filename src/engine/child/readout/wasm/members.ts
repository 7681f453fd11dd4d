import { BLOCK_BYTES, blocks, exponentials, members } from "./layout";
import { blockAddress, largest } from "./row";
import { powerOfTwo, sum, sumOfHalves } from "./softmax";

/**
 * ln of the summed probability of the entries that the mask at `members` has, of a row whose exponentials are there;
 * -Infinity: they have none.
 */
export function logOfMembers(): f64 {
  const mass = massOfMembers();
  if (mass >= EXACT_FROM) return JSMath.log(mass / sum);
  const most = largestMember();
  if (most == -Infinity) return -Infinity;
  return <f64>most - <f64>largest + JSMath.log(massBelow(most) / sum);
}

/** From here on, as 2^-48 of each at most counts too much, a vocabulary of 2^18 entries adds less than 2^-18 of the sum. */
const EXACT_FROM: f64 = 0.000244140625;

const LOG2_E: f32 = 1.4426950408889634;

/** Sum of the members' exponentials. */
function massOfMembers(): f64 {
  let sums = f64x2.splat(0);
  const end = blocks * BLOCK_BYTES;
  for (let i = 0; i < end; i += 16) {
    const e = v128.and(v128.load(exponentials + i), v128.load(members + i));
    sums = f64x2.add(sums, sumOfHalves(e));
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

function largestMember(): f32 {
  let most = f32x4.splat(-Infinity);
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < BLOCK_BYTES; i += 16) {
      most = f32x4.pmax(most, memberLogits(block, i));
    }
  }
  most = f32x4.pmax(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
  most = f32x4.pmax(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2));
  return f32x4.extract_lane(most, 0);
}

/** Sum of exp(logit - most) over the members, the largest of which has the logit `most`: 1 .. V. */
function massBelow(most: f32): f64 {
  let sums = f64x2.splat(0);
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < BLOCK_BYTES; i += 16) {
      const distance = f32x4.mul(
        f32x4.sub(memberLogits(block, i), f32x4.splat(most)),
        f32x4.splat(LOG2_E),
      );
      // As in `exponentiate`; what is far below the largest member is nothing beside it.
      const e = powerOfTwo(f32x4.pmax(f32x4.splat(LEAST_EXPONENT), distance));
      sums = f64x2.add(sums, sumOfHalves(e));
    }
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** The least that `powerOfTwo` takes. */
const LEAST_EXPONENT: f32 = -126;

/** Four logits of a block, those of no members and NaN as -Infinity. */
function memberLogits(block: i32, i: i32): v128 {
  const mask = v128.load(members + block * BLOCK_BYTES + i);
  const logits = v128.load(blockAddress(block) + i);
  return v128.bitselect(logits, f32x4.splat(-Infinity), v128.and(mask, f32x4.eq(logits, logits)));
}
