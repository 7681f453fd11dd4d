/**
 * Reduces a row of logits to a few numbers, and draws from it. Works on one row at a time, in passes that each read it
 * once. Results stand at the exported addresses.
 */
import { concentrate } from "./concentration";
import { drawKept } from "./draw";
import { fillHistogram } from "./histogram";
import { logOfMembers } from "./members";
import { largest, logitOf, openRow } from "./row";
import { leaveNothing, leaveScores } from "./scores";
import { exponentiate, logProbabilityOf } from "./softmax";
import { listTop } from "./top";
import { truncate } from "./truncation";

export { diverge } from "./divergence";
export { layOut, membersAddress, rowAddress } from "./layout";
export { CONCENTRATION_KS, COUNTS, MASSES, NUMBERS, TOP_ID, TOP_LOG_PROBABILITY } from "./layout";

/** Leaves the scores of `token`, C(k) for the first `ks` k, and `topK` alternatives. */
export function reduce(row: i32, token: i32, coverageThreshold: f64, ks: i32, topK: i32): void {
  openRow(row);
  if (largest == -Infinity) return leaveNothing(ks, topK);
  exponentiate(1);
  leaveScores(token, coverageThreshold);
  fillHistogram();
  concentrate(ks);
  listTop(topK);
}

/** ln p of `token`, as {@link reduce} leaves it; NaN: the row has no distribution. */
export function logProbability(row: i32, token: i32): f64 {
  openRow(row);
  if (largest == -Infinity) return NaN;
  exponentiate(1);
  return logProbabilityOf(logitOf(token));
}

/** ln of the members' summed probability in the row that was read last. */
export function membersLogProbability(): f64 {
  return largest == -Infinity ? NaN : logOfMembers();
}

/** Draws a token and leaves its log-probability and rank, and the row's entropy; -1: the row has no distribution. */
export function draw(
  row: i32,
  temperature: f64,
  topK: i32,
  topP: f64,
  minP: f64,
  uniform: f64,
): i32 {
  openRow(row);
  if (largest == -Infinity) {
    leaveNothing(0, 0);
    return -1;
  }
  exponentiate(temperature);
  truncate(temperature, topK, topP, minP);
  const token = drawKept(uniform);
  if (temperature != 1) exponentiate(1);
  leaveScores(token, 1);
  return token;
}
