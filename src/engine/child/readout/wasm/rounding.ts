/** The largest 32-bit number ≤ x: `logit > x` is `logit > roundDown(x)`. */
export function roundDown(x: f64): f32 {
  const nearest = <f32>x;
  return <f64>nearest > x ? nextBelow(nearest) : nearest;
}

/** The smallest 32-bit number ≥ x: `logit >= x` is `logit >= roundUp(x)`. */
export function roundUp(x: f64): f32 {
  const nearest = <f32>x;
  return <f64>nearest < x ? nextAbove(nearest) : nearest;
}

/** Bits as integers that are ordered as the numbers are. */
export function orderedBits(x: f32): i32 {
  const bits = reinterpret<i32>(x + 0); // + 0: -0 and 0 are equal
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

/** The number of these ordered bits. */
export function fromOrderedBits(ordered: i32): f32 {
  return reinterpret<f32>(ordered ^ ((ordered >> 31) & 0x7fffffff));
}

/** The largest number < x. */
export function nextBelow(x: f32): f32 {
  return fromOrderedBits(orderedBits(x) - 1);
}

function nextAbove(x: f32): f32 {
  return fromOrderedBits(orderedBits(x) + 1);
}
