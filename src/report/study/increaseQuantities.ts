import type { ResultCell } from "../../formats/study/studyResult";
import { distinct } from "./cells";
import { bitsSums, meanIncrease, perplexityOf, perplexitySums, pooledIncrease } from "./increase";
import { overDocuments } from "./overDocuments";
import { asPercent, cellLabels, type Quantity, type QuantitySource } from "./quantity";

/** How well tuned models and their base predict the text that both scored: the numbers of the first figure. */
export const INCREASE_QUANTITIES: QuantitySource = {
  measure: "perplexity",
  units: { increase: "%", "increase-mean": "%", perplexity: "" },
  // With which other model the text is shared.
  labels: { against: null },
  isPooled: false,
  of: (cells) => cells.flatMap(comparedNumbers),
};

/** How well models predict all that they scored. */
export const SURPRISAL_QUANTITIES: QuantitySource = {
  measure: "perplexity",
  units: { "bits-per-byte": "bits", "bits-per-word": "bits" },
  labels: {},
  isPooled: false,
  of: (cells) => cells.flatMap(ownNumbers),
};

function comparedNumbers(cell: ResultCell): Quantity[] {
  return distinct(cell.models.slice(1).map(({ stage }) => stage)).flatMap((stage) => {
    const labels = { ...cellLabels(cell, stage), against: "base" };
    const ofBase = { ...cellLabels(cell, "base"), against: stage };
    const perplexity = (of: "base" | "other") =>
      overDocuments([perplexitySums(cell, stage)[of]], perplexityOf);
    return [
      { name: "increase", labels, interval: () => asPercent(pooledIncrease(cell, stage)) },
      { name: "increase-mean", labels, interval: () => asPercent(meanIncrease(cell, stage)) },
      { name: "perplexity", labels: ofBase, interval: () => perplexity("base") },
      { name: "perplexity", labels, interval: () => perplexity("other") },
    ];
  });
}

function ownNumbers(cell: ResultCell): Quantity[] {
  return distinct(cell.models.map(({ stage }) => stage)).flatMap((stage) => {
    const labels = cellLabels(cell, stage);
    const bitsPer = (per: "bytes" | "words") => () => overDocuments([bitsSums(cell, stage, per)]);
    return [
      { name: "bits-per-byte", labels, interval: bitsPer("bytes") },
      { name: "bits-per-word", labels, interval: bitsPer("words") },
    ];
  });
}
