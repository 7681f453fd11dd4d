import { TRAINED_WEIGHTS } from "../../../formats/study/readaptationSettings";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { Interval } from "../../../protocol/studyFigure";
import { asPercent, cellLabels, type Quantity, type QuantitySource } from "../quantity";
import { gapClosed, increaseAt, perplexityAt, trainedPairs } from "./gaps";

/** How well models predict held-out documents before and after training, and how far tuned ones stand behind their base. */
export const READAPTATION_QUANTITIES: QuantitySource = {
  measure: "readaptation",
  units: { "adapted-perplexity": "", "adapted-increase": "%", "gap-closed": "%" },
  labels: { weights: TRAINED_WEIGHTS, moment: ["before", "after"] },
  isPooled: false,
  of: (cells) => cells.flatMap((cell) => [...perplexities(cell), ...gaps(cell)]),
};

const MOMENTS = ["before", "after"] as const;

function perplexities(cell: ResultCell): Quantity[] {
  return (cell.readaptation?.trainings ?? []).flatMap((training) =>
    MOMENTS.map((moment) => ({
      name: "adapted-perplexity",
      labels: { ...cellLabels(cell, training.stage), weights: training.weights, moment },
      interval: (): Interval => ({
        value: perplexityAt(training, moment),
        low: null,
        high: null,
      }),
    })),
  );
}

function gaps(cell: ResultCell): Quantity[] {
  return cell.models.slice(1).flatMap(({ stage }) =>
    trainedPairs(cell, stage).flatMap((pair) => {
      const labels = { ...cellLabels(cell, stage), weights: pair.weights };
      return [
        ...MOMENTS.map((moment) => ({
          name: "adapted-increase",
          labels: { ...labels, moment },
          interval: () => asPercent(increaseAt(pair, moment)),
        })),
        { name: "gap-closed", labels, interval: () => asPercent(gapClosed(pair)) },
      ];
    }),
  );
}
