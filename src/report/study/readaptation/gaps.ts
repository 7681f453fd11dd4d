/** How far a tuned model stands behind its base on held-out documents, before and after both were trained alike. */
import { statisticInterval, type Sums } from "../../../analysis/statistics/bootstrap";
import type { Adapted } from "../../../formats/study/readaptation";
import {
  TRAINED_WEIGHTS,
  type TrainedWeightsKind,
} from "../../../formats/study/readaptationSettings";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { Interval } from "../../../protocol/studyFigure";
import { LEAST_FILES } from "../../overall";
import { unitOf } from "../cells";
import { overDocuments } from "../overDocuments";

/** A tuned model's training and its base's, of one kind, whose documents have the same tokens. */
export interface TrainedPair {
  readonly weights: TrainedWeightsKind;
  readonly base: Adapted;
  readonly other: Adapted;
}

export type Moment = "before" | "after";

type TrainedCell = Pick<ResultCell, "models" | "readaptation">;

export function trainedPairs(cell: TrainedCell, stage: string): TrainedPair[] {
  // Models of other tokenizers predict other tokens.
  if (unitOf(cell, stage) !== "token") return [];
  return TRAINED_WEIGHTS.flatMap((weights) => {
    const of = (wanted: string) =>
      cell.readaptation?.trainings.find((one) => one.stage === wanted && one.weights === weights);
    const [base, other] = [of("base"), of(stage)];
    return base && other && areAlike(base, other) ? [{ weights, base, other }] : [];
  });
}

/** Unless one of the models can't tokenize a document, whose place another one then takes. */
function areAlike({ report: a }: Adapted, { report: b }: Adapted): boolean {
  return (
    a.tokens.length === b.tokens.length && a.tokens.every((tokens, i) => tokens === b.tokens[i])
  );
}

/** Of the perplexities, a share: 0.1 is 10 %. */
export function increaseAt(pair: TrainedPair, moment: Moment): Interval | null {
  return overDocuments([gapSums(pair, moment)], (gap) => Math.exp(gap) - 1);
}

/** The gap in nats a token, of each document. */
function gapSums({ base, other }: TrainedPair, moment: Moment): Sums[] {
  return base.report.tokens.map((count, i) => ({
    sum: other.report[moment][i]! - base.report[moment][i]!,
    count,
  }));
}

/**
 * How much of the gap in nats is gone after training, a share; above 1: the tuned model is ahead.
 * @returns null where there was none above 0, as far as its interval tells it from chance; of few documents there is no interval
 */
export function gapClosed(pair: TrainedPair): Interval | null {
  const gap = increaseAt(pair, "before");
  if (gap === null || (gap.low ?? gap.value) <= 0) return null;
  const [before, after] = [gapSums(pair, "before"), gapSums(pair, "after")];
  const sumOf = (sums: readonly Sums[], documents: readonly number[]) =>
    documents.reduce((total, i) => total + sums[i]!.sum, 0);
  const share = (documents: readonly number[]) => {
    const gap = sumOf(before, documents);
    return gap === 0 ? NaN : (gap - sumOf(after, documents)) / gap;
  };
  const { value, low, high } = statisticInterval(before.length, share);
  const isKnown = before.length >= LEAST_FILES && !Number.isNaN(low) && !Number.isNaN(high);
  return isKnown ? { value, low, high } : { value, low: null, high: null };
}

/** e to the mean loss, of all documents that report. */
export function perplexityAt({ report }: Adapted, moment: Moment): number {
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  return Math.exp(total(report[moment]) / total(report.tokens));
}
