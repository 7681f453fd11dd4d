import { CONCENTRATION_KS, MASSES, vocabularySize } from "./layout";
import {
  bin,
  binStart,
  countAbove,
  countInBin,
  massAbove,
  massInBin,
  startWalk,
  walkTo,
} from "./histogram";
import { selectInBin, selectedMass } from "./selection";
import { sum } from "./softmax";

/** C(k) for the first `length` k: the sum of the k largest probabilities, 1 beyond the vocabulary. */
export function concentrate(length: i32): void {
  startWalk();
  for (let j = 0; j < length; j++) {
    const k = load<i32>(CONCENTRATION_KS + j * 4);
    store<f64>(MASSES + j * 8, k >= vocabularySize ? 1 : min(1, largestMass(k) / sum));
  }
}

/** Half a step of the 16 bits in which a C(k) is stored. */
const TOLERANCE: f64 = 0.5 / 65535;

/** Sum of the k largest e's: whole bins, and a part of the one in which the k-th lies. */
function largestMass(k: i32): f64 {
  if (!walkTo(k, Infinity)) return massAbove;
  const count = countInBin();
  const taken = k - countAbove;
  if (taken == count) return massAbove + massInBin();
  if ((count * widthOfBin()) / 8 <= TOLERANCE * sum) return massAbove + estimateInBin(taken);
  selectInBin(k, Infinity);
  return selectedMass;
}

/**
 * Sum of the bin's `taken` largest e's, as if they were spread evenly. With n entries, the fraction f = taken / n and
 * the bin's width w the true sum exceeds f of the whole by 0 to f (1 - f) n w; the middle is off by n w / 8 at most.
 */
function estimateInBin(taken: i32): f64 {
  const fraction = <f64>taken / countInBin();
  return fraction * massInBin() + ((1 - fraction) * taken * widthOfBin()) / 2;
}

/** The bin's width, or 0 when all its entries stand at its start, as in a row of equal logits. */
function widthOfBin(): f64 {
  const start = binStart(bin);
  return massInBin() == countInBin() * start ? 0 : binStart(bin + 1) - start;
}
