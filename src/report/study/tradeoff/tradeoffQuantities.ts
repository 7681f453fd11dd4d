import type { ResultCell } from "../../../formats/study/studyResult";
import { asPercent, cellLabels, type Quantity, type QuantitySource } from "../quantity";
import { AGENT_MEASURES, meanIn, perplexityIncrease } from "./rounds";

/** What a model that learns from itself loses on held-out text, and what its samples are like, by round. */
export const TRADEOFF_QUANTITIES: QuantitySource = {
  measure: "tradeoff",
  units: {
    "tradeoff-increase": "%",
    ...Object.fromEntries(
      AGENT_MEASURES.map(({ id, format }) => [`tradeoff-${id}`, format === "percent" ? "%" : ""]),
    ),
  },
  labels: { round: null, "held-out": null },
  isPooled: false,
  of: (cells) => cells.flatMap(ofCell),
};

function ofCell(cell: ResultCell): Quantity[] {
  const { tradeoff } = cell;
  if (!tradeoff) return [];
  return tradeoff.rounds.flatMap((round) => {
    const labels = { ...cellLabels(cell, tradeoff.stage), round: String(round.round) };
    return [
      ...tradeoff.heldOut.map(({ corpus }, i) => ({
        name: "tradeoff-increase",
        labels: { ...labels, "held-out": corpus },
        interval: () => asPercent(perplexityIncrease(tradeoff, i, round)),
      })),
      ...AGENT_MEASURES.map((measure) => ({
        name: `tradeoff-${measure.id}`,
        labels,
        interval: () => {
          const mean = meanIn(round, measure);
          return measure.format === "percent" ? asPercent(mean) : mean;
        },
      })),
    ];
  });
}
