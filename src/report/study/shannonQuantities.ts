import { cellLabels, asPercent, type QuantitySource } from "./quantity";
import { EXACT, F1, GUESSES, meanOf } from "./shannonMeans";

/** How well last words are guessed, of each set of passages. */
export const SHANNON_QUANTITIES: QuantitySource = {
  measure: "shannon",
  units: { "exact-match": "%", f1: "%", guesses: "" },
  labels: {},
  isPooled: false,
  of: (cells) =>
    cells.flatMap((cell) =>
      cell.models.flatMap(({ stage }) => {
        const labels = cellLabels(cell, stage);
        return [
          { name: "exact-match", labels, interval: () => asPercent(meanOf(cell, stage, EXACT)) },
          { name: "f1", labels, interval: () => asPercent(meanOf(cell, stage, F1)) },
          { name: "guesses", labels, interval: () => meanOf(cell, stage, GUESSES) },
        ];
      }),
    ),
};
