import { BLOCK_BYTES, blocks } from "./layout";
import { blockAddress } from "./row";

/** Entries of the row with a logit above `first`, and above `second`. */
export let firstCount: i32 = 0;
export let secondCount: i32 = 0;

export function countAbove(first: f32, second: f32): void {
  // A comparison gives -1 where it holds.
  let firstCounts = i32x4.splat(0);
  let secondCounts = i32x4.splat(0);
  for (let block = 0; block < blocks; block++) {
    const source = blockAddress(block);
    for (let i = 0; i < BLOCK_BYTES; i += 16) {
      const logits = v128.load(source + i);
      firstCounts = i32x4.sub(firstCounts, f32x4.gt(logits, f32x4.splat(first)));
      secondCounts = i32x4.sub(secondCounts, f32x4.gt(logits, f32x4.splat(second)));
    }
  }
  firstCount = sumOfLanes(firstCounts);
  secondCount = sumOfLanes(secondCounts);
}

function sumOfLanes(v: v128): i32 {
  return (
    i32x4.extract_lane(v, 0) +
    i32x4.extract_lane(v, 1) +
    i32x4.extract_lane(v, 2) +
    i32x4.extract_lane(v, 3)
  );
}
