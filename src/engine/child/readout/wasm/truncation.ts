import { startWalk, walkTo, fillHistogram } from "./histogram";
import { vocabularySize } from "./layout";
import { roundUp } from "./rounding";
import { largest } from "./row";
import { lastId, lastLogit, selectInBin, selectedMass } from "./selection";
import { FLOOR, sum } from "./softmax";

/** The kept entries are those with a logit above this, */
export let boundLogit: f32 = 0;
/** and those equal to it with an id up to this. */
export let boundId: i32 = 0;

/**
 * Finds where the distribution is cut: the `topK` most probable entries (0: all), of these the smallest set that reaches
 * `topP` of their sum, of these the ones with at least `minP` of the largest probability. Every cut keeps the first
 * entries by falling logit, ties by id, so together they are one place in that order. Needs the exponentials.
 */
export function truncate(temperature: f64, topK: i32, topP: f64, minP: f64): void {
  boundLogit = logitAbove(FLOOR, temperature);
  boundId = vocabularySize;
  if (topK > 0 || topP < 1) cutByOrder(topK > 0 ? topK : vocabularySize, topP);

  const leastLogit = logitAbove(minP, temperature);
  if (leastLogit > boundLogit) {
    boundLogit = leastLogit;
    boundId = vocabularySize;
  }
}

function cutByOrder(count: i32, share: f64): void {
  fillHistogram();
  const mass = share < 1 ? share * massOfLargest(count) : Infinity;
  startWalk();
  if (!walkTo(count, mass)) return;
  selectInBin(count, mass);
  boundLogit = lastLogit;
  boundId = lastId;
}

/** Sum of the `count` largest exponentials. */
function massOfLargest(count: i32): f64 {
  if (count >= vocabularySize) return sum;
  startWalk();
  if (!walkTo(count, Infinity)) return sum;
  selectInBin(count, Infinity);
  return selectedMass;
}

/** The smallest logit whose probability is at least `fraction` of the largest. */
function logitAbove(fraction: f64, temperature: f64): f32 {
  return roundUp(<f64>largest + temperature * JSMath.log(fraction));
}
