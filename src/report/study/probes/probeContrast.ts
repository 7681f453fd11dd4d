import { meanDifference } from "../../../analysis/probes/excess";
import { statisticInterval, type Sums } from "../../../analysis/statistics/bootstrap";
import type { Interval } from "../../../protocol/studyFigure";
import { LEAST_FILES } from "../../overall";
import { beyondSums, type Claim, probeSums } from "./probeClaims";

/**
 * How much more often one probe is right than the other, as a difference of shares, over the documents or prompts that both have,
 * which are drawn together.
 * @returns null where they have none in common
 */
export function accuracyContrast(one: Claim, other: Claim): Interval | null {
  return contrast(one, other, probeSums);
}

/** The same of what each finds beyond its best control; null as well where one has none. */
export function beyondContrast(one: Claim, other: Claim): Interval | null {
  return one.control && other.control && contrast(one, other, (claim) => beyondSums(claim)!);
}

function contrast(one: Claim, other: Claim, sumsOf: (claim: Claim) => Sums[]): Interval | null {
  const others = new Map(other.text.report.units.map((unit, i) => [unit, i]));
  const [ofOne, ofOther] = [sumsOf(one), sumsOf(other)];
  const pairs = one.text.report.units.flatMap((unit, i) => {
    const [left, right] = [ofOne[i], ofOther[others.get(unit) ?? -1]];
    return left && right && left.count > 0 && right.count > 0 ? [{ left, right }] : [];
  });
  if (pairs.length === 0) return null;
  const [lefts, rights] = [pairs.map(({ left }) => left), pairs.map(({ right }) => right)];
  const { value, low, high } = statisticInterval(pairs.length, (units) =>
    meanDifference(lefts, rights, units),
  );
  const isEnough = pairs.length >= LEAST_FILES;
  return isEnough ? { value, low, high } : { value, low: null, high: null };
}
