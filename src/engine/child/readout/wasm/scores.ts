import { countAbove, firstCount, secondCount } from "./counts";
import { COUNTS, MASSES, NUMBERS, TOP_ID, TOP_LOG_PROBABILITY } from "./layout";
import { nextBelow, roundDown } from "./rounding";
import { largest, logitOf } from "./row";
import { logOfSum, logProbabilityOf, sum, weightedSum } from "./softmax";

/** Leaves log-probability and rank of `token`, and the row's entropy and coverage. */
export function leaveScores(token: i32, coverageThreshold: f64): void {
  const logit = logitOf(token);
  countAbove(logit, logitOfProbability(coverageThreshold));
  store<f64>(NUMBERS, logProbabilityOf(logit));
  store<f64>(NUMBERS, logOfSum() - weightedSum / sum, 8);
  store<u32>(COUNTS, 1 + firstCount);
  store<u32>(COUNTS, secondCount, 4);
}

/** The largest logit whose probability is not above `probability`, which the most probable entry's always is. */
function logitOfProbability(probability: f64): f32 {
  const logit = <f64>largest + (logOfSum() + JSMath.log(probability));
  // Beside a huge logit the sum may be rounded away.
  return min(roundDown(logit), nextBelow(largest));
}

/** What a row without a distribution leaves: the marks of "not scored". */
export function leaveNothing(ks: i32, topK: i32): void {
  store<f64>(NUMBERS, NaN);
  store<f64>(NUMBERS, NaN, 8);
  store<u64>(COUNTS, 0);
  for (let j = 0; j < ks; j++) store<f64>(MASSES + j * 8, 0);
  for (let i = 0; i < topK; i++) {
    store<i32>(TOP_ID + i * 4, -1);
    store<f32>(TOP_LOG_PROBABILITY + i * 4, -Infinity);
  }
}
