import {
  BLOCK_BYTES,
  BLOCK_LOGITS,
  blockMaxima,
  blocks,
  COUNTS,
  exponentials,
  NUMBERS,
  vocabularySize,
} from "./layout";
import { largest, logitOf, openRow, row } from "./row";
import { exponentiate, logOfSum, sum, sumOfHalves } from "./softmax";

/**
 * How much less than the most probable entry's an entry's ln p may be: what is less likely counts as this, so that an entry
 * that one row rules out leaves a number.
 */
const LEAST: f32 = -87;

/**
 * Holds two rows of logits of the same entries against each other. Leaves the divergence of the first from the second and of the
 * second from the first, nats, and the first entry of largest logit in each. False: one of them defines no distribution.
 */
export function diverge(first: i32, second: i32): bool {
  openRow(second);
  const secondLargest = largest;
  store<u32>(COUNTS, firstLargest(), 4);
  openRow(first);
  const largestOfFirst = largest;
  store<u32>(COUNTS, firstLargest());
  if (largestOfFirst == -Infinity || secondLargest == -Infinity) return false;
  exponentiate(1);
  const towardsSecond = meanLead(second, secondLargest);
  const logOfFirst = logOfSum();
  openRow(second);
  exponentiate(1);
  const towardsFirst = meanLead(first, largestOfFirst);
  const difference = logOfSum() - logOfFirst;
  // Rounding may leave less than nothing.
  store<f64>(NUMBERS, max(0, towardsSecond + difference));
  store<f64>(NUMBERS, max(0, towardsFirst - difference), 8);
  return true;
}

/** The mean, weighed by the exponentials of the open row, of how much nearer its logits are to its largest than another row's to its own. */
function meanLead(other: i32, otherLargest: f32): f64 {
  const full = vocabularySize / BLOCK_LOGITS;
  let sums = f64x2.splat(0);
  for (let block = 0; block < full; block++) {
    const start = block * BLOCK_BYTES;
    let weighted = f32x4.splat(0);
    for (let i = start; i < start + BLOCK_BYTES; i += 16) {
      const ours = below(v128.load(row + i), largest);
      const theirs = below(v128.load(other + i), otherLargest);
      const e = v128.load(exponentials + i);
      weighted = f32x4.add(weighted, f32x4.mul(e, f32x4.sub(ours, theirs)));
    }
    sums = f64x2.add(sums, sumOfHalves(weighted));
  }
  let total = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (let i = full * BLOCK_BYTES; i < vocabularySize * 4; i += 4) {
    const ours = f32x4.extract_lane(below(v128.load32_splat(row + i), largest), 0);
    const theirs = f32x4.extract_lane(below(v128.load32_splat(other + i), otherLargest), 0);
    total += <f64>load<f32>(exponentials + i) * <f64>(ours - theirs);
  }
  return total / sum;
}

/** How far logits lie below the largest; NaN lies lowest. */
function below(logits: v128, most: f32): v128 {
  return f32x4.pmax(f32x4.splat(LEAST), f32x4.sub(logits, f32x4.splat(most)));
}

/** The first entry of the open row with its largest logit. */
function firstLargest(): i32 {
  let block = 0;
  while (block < blocks && load<f32>(blockMaxima + block * 4) != largest) block++;
  let id = block * BLOCK_LOGITS;
  while (id < vocabularySize && logitOf(id) != largest) id++;
  return id;
}
