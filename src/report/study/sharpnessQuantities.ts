import type { ResultCell } from "../../formats/study/studyResult";
import { SAMPLERS } from "../../formats/study/studyResult";
import { CONCENTRATION_KS } from "../../protocol/scores";
import { modelOf } from "./cells";
import {
  asPercent,
  type Labels,
  type Quantity,
  type QuantitySource,
  scaled,
  scopesOf,
} from "./quantity";
import { ksOf, meanOf, type Reading, readingsOf } from "./sharpness";

const UNITS = {
  entropy: "bits",
  coverage: "tokens",
  "coverage-share": "%",
  ...Object.fromEntries(CONCENTRATION_KS.map((k) => [concentrationName(k), "%"])),
};

/** How sure models are on given text: the numbers of the figures of concentration and coverage. */
export const SHARPNESS_QUANTITIES: QuantitySource = {
  measure: "concentration",
  units: UNITS,
  labels: { text: ["given"] },
  isPooled: true,
  of: (cells) => sharpnessNumbers(cells, (of, stage) => readingsOf(stage, of, [])),
};

/** The same on what they wrote themselves. */
export const OWN_SHARPNESS_QUANTITIES: QuantitySource = {
  measure: "own",
  units: UNITS,
  labels: { text: SAMPLERS },
  isPooled: true,
  of: (cells) => sharpnessNumbers(cells, (of, stage) => readingsOf(stage, [], of)),
};

function sharpnessNumbers(
  cells: readonly ResultCell[],
  read: (cells: readonly ResultCell[], stage: string) => readonly Reading[],
): Quantity[] {
  return scopesOf(cells).flatMap((scope) =>
    scope.cells[0]!.models.flatMap(({ stage }) =>
      read(scope.cells, stage).flatMap((reading) => {
        const text = reading.text === "given text" ? "given" : reading.text;
        return readingNumbers(scope.cells, reading, { ...scope.labels(stage), text });
      }),
    ),
  );
}

function readingNumbers(
  cells: readonly ResultCell[],
  reading: Reading,
  labels: Labels,
): Quantity[] {
  const coverage = () => meanOf(reading, (sums) => sums.coverage);
  const size = modelOf(cells[0]!, reading.stage)?.vocabularySize ?? NaN;
  return [
    { name: "entropy", labels, interval: () => meanOf(reading, (sums) => sums.entropyBits) },
    { name: "coverage", labels, interval: coverage },
    { name: "coverage-share", labels, interval: () => scaled(coverage(), 100 / size) },
    ...ksOf(cells).map((k, i) => ({
      name: concentrationName(k),
      labels,
      interval: () => asPercent(meanOf(reading, ({ concentration }) => concentration[i]!)),
    })),
  ];
}

/** C(k), such as `c10`. */
function concentrationName(k: number): string {
  return `c${k}`;
}
