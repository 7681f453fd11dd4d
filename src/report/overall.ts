import { type MeanInterval, documentInterval } from "../analysis/statistics/bootstrap";
import {
  type CommonSums,
  type IncreaseSums,
  increasePercent,
  pairedDifference,
  unitsOf,
} from "../analysis/scores/commonText";
import { overallAgreement } from "./agreement";
import type { TextComparison } from "./measures";
import type { ScoreDocument } from "../formats/scoreDocument";

/** Fewer files are too few to be drawn from: two have three different draws. */
export const LEAST_FILES = 5;

/**
 * The models compared over several texts (paper §2.1), on what both scored of each: macro, the mean of the texts'
 * increases; micro, the increase of the pooled perplexities (of pooled bits per byte where tokenizers differ).
 * @param texts with differences where they are fewer than {@link LEAST_FILES}
 * @returns null for fewer than two texts that both models scored
 */
export function compareOverall(texts: readonly TextComparison[]): ScoreDocument["overall"] {
  if (texts.length < 2) return null;
  const compared = texts.map(({ common }) => common);
  const increases = compared.map(increasePercent).filter((percent) => percent !== null);
  const agreements = texts.flatMap(({ agreement }) => agreement ?? []);
  const overFiles = compared.length >= LEAST_FILES;
  return {
    macroIncreasePercent: increases.length > 0 ? sum(increases) / increases.length : null,
    microIncreasePercent: increasePercent(pooled(compared)),
    paired: overFiles ? intervalOverFiles(compared) : intervalWithinFiles(texts),
    pairedPer: compared[0]!.unit,
    pairedOver: overFiles ? "files" : "blocks",
    ...(agreements.length > 0 && { agreement: overallAgreement(agreements, LEAST_FILES) }),
  };
}

function intervalOverFiles(compared: readonly CommonSums[]): MeanInterval | null {
  return documentInterval(
    compared.map((common) => ({ sum: common.rlhf - common.base, count: unitsOf(common) })),
  );
}

function intervalWithinFiles(texts: readonly TextComparison[]): MeanInterval | null {
  return pairedDifference(texts.flatMap(({ differences }) => differences ?? []));
}

/** The models are the same in all texts, and so is the unit. */
function pooled(compared: readonly CommonSums[]): IncreaseSums {
  return {
    unit: compared[0]!.unit,
    base: sum(compared.map(({ base }) => base)),
    rlhf: sum(compared.map(({ rlhf }) => rlhf)),
    baseTokens: sum(compared.map(({ baseTokens }) => baseTokens)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
