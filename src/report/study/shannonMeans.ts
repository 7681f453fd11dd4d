/** Means over passages, and which model has more of them. */
import { statisticInterval, type Sums } from "../../analysis/statistics/bootstrap";
import { shannonOf, type ShannonSums } from "../../formats/study/rows";
import type { ResultCell } from "../../formats/study/studyResult";
import type { Interval } from "../../protocol/studyFigure";
import { LEAST_FILES } from "../overall";
import { stageRows, totalOf as addedUp } from "./cells";
import { overDocuments } from "./overDocuments";

export interface ShannonMean {
  readonly of: (sums: ShannonSums) => Sums;
  /** What the paper's RLHF models have of it, against their base. */
  readonly paper: "fewer" | "more";
}

export const EXACT: ShannonMean = {
  of: ({ exact, passages }) => ({ sum: exact, count: passages }),
  paper: "fewer",
};
export const F1: ShannonMean = {
  of: ({ f1, passages }) => ({ sum: f1, count: passages }),
  paper: "fewer",
};
export const GUESSES: ShannonMean = {
  of: ({ guesses, tokens }) => ({ sum: guesses, count: tokens }),
  paper: "more",
};

export function totalOf({ groups }: ResultCell, stage: string): ShannonSums {
  return shannonOf(addedUp(stageRows(groups, stage)));
}

/** null: there is nothing to count. */
export function meanOf(cell: ResultCell, stage: string, { of }: ShannonMean): Interval | null {
  return overDocuments([sumsOf(cell, stage, of)]);
}

/** What a model's difference from its base amounts to, in brackets, as far as chance lets it be told. */
export function verdictOf(cell: ResultCell, stage: string, { of, paper }: ShannonMean): string {
  const [own, base] = [stage, "base"].map((one) => sumsOf(cell, one, of)) as [Sums[], Sums[]];
  if (own.length < LEAST_FILES) return " (too few passages to tell a difference from chance)";
  const mean = (sums: readonly Sums[], chosen: readonly number[]) => {
    let [sum, count] = [0, 0];
    for (const i of chosen) {
      sum += sums[i]!.sum;
      count += sums[i]!.count;
    }
    return sum / count;
  };
  const { low, high } = statisticInterval(
    own.length,
    (chosen) => mean(own, chosen) - mean(base, chosen),
  );
  if (low <= 0 && high >= 0) return " (no difference beyond chance)";
  const found = low > 0 ? "more" : "fewer";
  return ` (${found}, ${found === paper ? "as the paper finds" : "which is not what the paper finds"})`;
}

function sumsOf({ groups }: ResultCell, stage: string, of: ShannonMean["of"]): Sums[] {
  return stageRows(groups, stage).map((row) => of(shannonOf(row)));
}
