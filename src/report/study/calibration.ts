/** Whether models are right as often as they are sure (docs/definitions.md, "Calibration"). */
import {
  binEnds,
  type Calibration,
  calibrationBins,
  calibrationError,
} from "../../analysis/scores/calibration";
import { formatPercent } from "../../analysis/presentation/format";
import { statisticInterval } from "../../analysis/statistics/bootstrap";
import { calibrationOf } from "../../formats/study/rows";
import type { ResultCell, StudyResult } from "../../formats/study/studyResult";
import type { Interval, Point, StudyFigure } from "../../protocol/studyFigure";
import { LEAST_FILES } from "../overall";
import {
  cellsOf,
  distinct,
  familyOf,
  type Numbers,
  stageName,
  stageRows,
  stageTitle,
  totalOf,
} from "./cells";
import { overDocuments } from "./overDocuments";
import { documentsLine } from "./words";

/** A model over all documents of all corpora. */
interface Curve {
  readonly stage: string;
  readonly points: readonly Point[];
  /** Expected calibration error, a share. */
  readonly error: Interval;
  readonly tokens: readonly number[];
}

/** A figure for each pair. */
export function calibrationFigures(result: StudyResult): StudyFigure[] {
  const cells = cellsOf(result, "calibration");
  return distinct(cells.map(({ pair }) => pair)).map((pair, i) =>
    calibrationFigure(
      pair,
      cells.filter((cell) => cell.pair === pair),
      i + 1,
    ),
  );
}

function calibrationFigure(
  pair: string,
  cells: readonly ResultCell[],
  number: number,
): StudyFigure {
  const stages = cells[0]!.models.map(({ stage }) => stage);
  const curves = stages.map((stage) =>
    curveOf(
      stage,
      cells.flatMap(({ groups }) => stageRows(groups, stage)),
    ),
  );
  return {
    id: `calibration-${number}`,
    title: `Is the first choice right as often as it is sure: ${pair}`,
    subject: documentsLine(cells),
    sentence: curves
      .map(
        ({ stage, error }) =>
          `${stageName(stage)} is off by ${formatPercent(error.value, 1)} on average${spanOf(error)}.`,
      )
      .join(" "),
    caption:
      "Tokens of all corpora in up to 15 bins of about equal count by the probability of the model's first choice, against the share of them where that stands; on the diagonal both are equal, below it the model is too sure. Bands: 95 % intervals over documents. The mean distance from the diagonal is the expected calibration error.",
    plot: {
      kind: "lines",
      x: { label: "Probability of the first choice", scale: "linear", format: "percent" },
      y: { label: "How often it stands there", scale: "linear", format: "percent" },
      series: curves.map(({ stage, points }) => ({
        name: stageTitle(stage),
        role: familyOf(stage),
        points,
      })),
      diagonal: true,
    },
    table: {
      columns: [
        "Model",
        "Tokens",
        "Probability of the first choice, %",
        "It stands there, %",
        "from",
        "to",
      ],
      rows: curves.flatMap(({ stage, points, tokens }) =>
        points.map(({ x, y, low, high }, i) => [
          stageName(stage),
          tokens[i]!,
          ...[x, y, low, high].map((share) =>
            share === undefined || share === null ? null : Number((100 * share).toFixed(2)),
          ),
        ]),
      ),
    },
  };
}

function spanOf({ low, high }: Interval): string {
  return low === null || high === null
    ? ""
    : ` (95 %: ${formatPercent(low, 1)} to ${formatPercent(high, 1)})`;
}

function curveOf(stage: string, rows: readonly Numbers[]): Curve {
  const { ends, binned } = binnedRows(rows);
  const bins = calibrationBins(calibrationOf(totalOf(rows)), ends);
  return {
    stage,
    error: calibrationErrorOf(rows),
    tokens: bins.map(({ count }) => count),
    points: bins.map(({ confidence, accuracy }, i) => {
      const share = overDocuments([
        binned.map(({ hits, counts }) => ({ sum: hits[i]!, count: counts[i]! })),
      ]);
      return { x: confidence, y: accuracy, low: share?.low ?? null, high: share?.high ?? null };
    }),
  };
}

/** Expected calibration error of a model over documents, a share; NaN without tokens. */
export function calibrationErrorOf(rows: readonly Numbers[]): Interval {
  const { ends, binned } = binnedRows(rows);
  const each = ends.map((_, i) => i + 1);
  const { value, low, high } = statisticInterval(rows.length, (chosen) => {
    const documents = chosen.map((i) => binned[i]!);
    return calibrationError(calibrationBins(addedBins(documents, ends.length), each));
  });
  const isEnough = rows.length >= LEAST_FILES;
  return isEnough ? { value, low, high } : { value, low: null, high: null };
}

/** Documents in the bins that all of them together make up. */
function binnedRows(rows: readonly Numbers[]) {
  const ends = binEnds(calibrationOf(totalOf(rows)).counts);
  return { ends, binned: rows.map((row) => inBins(calibrationOf(row), ends)) };
}

/** A document's cells summed up to bins. */
function inBins({ counts, hits, sums }: Calibration, ends: readonly number[]): Calibration {
  const binned = (values: readonly number[]) =>
    ends.map((end, i) =>
      values.slice(ends[i - 1] ?? 0, end).reduce((total, value) => total + value, 0),
    );
  return { counts: binned(counts), hits: binned(hits), sums: binned(sums) };
}

function addedBins(documents: readonly Calibration[], length: number): Calibration {
  const total = {
    counts: new Array<number>(length).fill(0),
    hits: new Array<number>(length).fill(0),
    sums: new Array<number>(length).fill(0),
  };
  for (const document of documents) {
    for (let i = 0; i < length; i++) {
      total.counts[i]! += document.counts[i]!;
      total.hits[i]! += document.hits[i]!;
      total.sums[i]! += document.sums[i]!;
    }
  }
  return total;
}
