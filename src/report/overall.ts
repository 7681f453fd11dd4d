import { type MeanInterval, documentInterval } from "../analysis/statistics/bootstrap";
import {
  type CommonSums,
  type CommonText,
  increasePercent,
  pairedDifference,
  unitsOf,
} from "../analysis/scores/commonText";
import type { TextScores } from "../protocol/textScores";
import type { ScoreDocument } from "../formats/scoreDocument";
import { commonScores } from "./summary";

/** Fewer files are too few to be drawn from: two have three different draws. */
const LEAST_FILES = 5;

/**
 * The models compared over several texts (paper §2.1), on what both scored of each: macro, the mean of the texts'
 * increases; micro, the increase of the pooled perplexities (of pooled bits per byte where tokenizers differ).
 * @returns null for fewer than two texts that both models scored
 */
export function compareOverall(
  texts: readonly { readonly base: TextScores | null; readonly rlhf: TextScores | null }[],
): ScoreDocument["overall"] {
  const compared = texts.flatMap(({ base, rlhf }) =>
    base && rlhf ? [commonScores(base, rlhf)] : [],
  );
  if (compared.length < 2) return null;
  const increases = compared.map(increasePercent).filter((percent) => percent !== null);
  const overFiles = compared.length >= LEAST_FILES;
  return {
    macroIncreasePercent: increases.length > 0 ? sum(increases) / increases.length : null,
    microIncreasePercent: increasePercent(pooled(compared)),
    paired: overFiles ? intervalOverFiles(compared) : pairedDifference(compared),
    pairedPer: compared[0]!.unit,
    pairedOver: overFiles ? "files" : "blocks",
  };
}

function intervalOverFiles(compared: readonly CommonText[]): MeanInterval | null {
  return documentInterval(
    compared.map((common) => ({ sum: common.rlhf - common.base, count: unitsOf(common) })),
  );
}

/** The models are the same in all texts, and so is the unit. */
function pooled(compared: readonly CommonText[]): CommonSums {
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
