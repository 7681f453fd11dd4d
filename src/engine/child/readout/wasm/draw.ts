import {
  BLOCK_BYTES,
  BLOCK_LOGITS,
  blockMasses,
  blockMaxima,
  blocks,
  exponentials,
  vocabularySize,
} from "./layout";
import { blockAddress, logitOf } from "./row";
import { boundId, boundLogit } from "./truncation";

/** Draws one of the kept entries by its exponential: the inverse of their running sum, in the order of ids. */
export function drawKept(uniform: f64): i32 {
  let rest = uniform * sumBlocks();
  let drawn = 0;
  for (let block = 0; block < blocks; block++) {
    const mass = load<f64>(blockMasses + block * 8);
    if (mass == 0) continue;
    drawn = block;
    if (rest < mass) break;
    rest -= mass;
  }
  return drawInBlock(drawn, rest);
}

/** Sums the kept exponentials of every block; returns their total. */
function sumBlocks(): f64 {
  let total: f64 = 0;
  for (let block = 0; block < blocks; block++) {
    const reached = load<f32>(blockMaxima + block * 4) >= boundLogit;
    const mass: f64 = reached ? sumBlock(block) : 0;
    store<f64>(blockMasses + block * 8, mass);
    total += mass;
  }
  return total;
}

function sumBlock(block: i32): f64 {
  const logits = blockAddress(block);
  const start = block * BLOCK_LOGITS;
  const bound = f32x4.splat(boundLogit);
  const lastTie = i32x4.splat(boundId);
  let ids = i32x4.add(i32x4.splat(start), i32x4(0, 1, 2, 3));
  let sums = f32x4.splat(0);
  for (let i = 0; i < BLOCK_BYTES; i += 16) {
    const logit = v128.load(logits + i);
    const tied = v128.and(f32x4.eq(logit, bound), i32x4.le_s(ids, lastTie));
    const kept = v128.or(f32x4.gt(logit, bound), tied);
    sums = f32x4.add(sums, v128.and(kept, v128.load(exponentials + start * 4 + i)));
    ids = i32x4.add(ids, i32x4.splat(4));
  }
  return (
    <f64>f32x4.extract_lane(sums, 0) +
    <f64>f32x4.extract_lane(sums, 1) +
    <f64>f32x4.extract_lane(sums, 2) +
    <f64>f32x4.extract_lane(sums, 3)
  );
}

/** The entry in which the running sum exceeds `rest`, or the last kept one when rounding leaves some over. */
function drawInBlock(block: i32, rest: f64): i32 {
  const start = block * BLOCK_LOGITS;
  const end = min(start + BLOCK_LOGITS, vocabularySize);
  let drawn = start;
  for (let id = start; id < end; id++) {
    const logit = logitOf(id);
    if (logit < boundLogit || (logit == boundLogit && id > boundId)) continue;
    drawn = id;
    rest -= load<f32>(exponentials + id * 4);
    if (rest < 0) break;
  }
  return drawn;
}
