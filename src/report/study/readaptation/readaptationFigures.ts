import { formatNumber, formatSigned } from "../../../analysis/presentation/format";
import type { Adapted, Readaptation } from "../../../formats/study/readaptation";
import type { TrainedWeightsKind } from "../../../formats/study/readaptationSettings";
import type { ResultCell, StudyResult } from "../../../formats/study/studyResult";
import type { Interval, PointSeries, StudyFigure } from "../../../protocol/studyFigure";
import {
  cellsOf,
  comparedStages,
  type ComparedStage,
  familyOf,
  stageName,
  stageTitle,
} from "../cells";
import { corpusLabel, documentsLine } from "../words";
import { gapTable, type MeasuredCorpus, WEIGHTS_WORDS } from "./gapTable";
import { gapClosed, increaseAt, perplexityAt, type TrainedPair, trainedPairs } from "./gaps";

/** Figure 2 (B), of each tuned model, and how every model came to it. */
export function readaptationFigures(result: StudyResult): StudyFigure[] {
  const cells = cellsOf(result, "readaptation");
  return [
    ...comparedStages(cells).flatMap((stage, i) => gapFigure(cells, stage, i + 1) ?? []),
    ...cells.map((cell, i) => curvesFigure(cell, cell.readaptation!, i + 1)),
  ];
}

/** null: the models have nothing in common that could be compared. */
function gapFigure(
  cells: readonly ResultCell[],
  { pair, stage, name }: ComparedStage,
  number: number,
): StudyFigure | null {
  const corpora = cells
    .filter((cell) => cell.pair === pair)
    .map((cell) => ({ cell, pairs: trainedPairs(cell, stage) }))
    .filter(({ pairs }) => pairs.length > 0);
  if (corpora.length === 0) return null;
  const kinds = [...new Set(corpora.flatMap(({ pairs }) => pairs.map(({ weights }) => weights)))];
  const after = (kind: TrainedWeightsKind) =>
    corpora.map(({ pairs }) => {
      const found = pairs.find(({ weights }) => weights === kind);
      return found ? increaseAt(found, "after") : null;
    });
  return {
    id: `readaptation-${number}`,
    title: `Perplexity increase over the base model, before and after training: ${name}`,
    subject: documentsLine(corpora.map(({ cell }) => cell)),
    sentence: sentenceOf(stage, corpora),
    caption:
      "Perplexity of the tuned model over that of its base, less one, on documents that neither was trained on, before and after both were trained alike on others of the same corpus, at the step that a third part of it chose; whiskers: 95 % intervals over documents. The paper's Figure 2 (B).",
    plot: {
      kind: "bars",
      groups: corpora.map(({ cell }) => ({ label: corpusLabel(cell), category: cell.category })),
      series: [
        {
          name: "before training",
          role: familyOf(stage),
          values: corpora.map(({ pairs }) => increaseAt(pairs[0]!, "before")),
        },
        ...kinds.map((kind) => ({
          name: `after, ${WEIGHTS_WORDS[kind]}`,
          role: "other" as const,
          values: after(kind),
        })),
      ],
      y: { label: "Perplexity increase", scale: "linear", format: "percent" },
    },
    table: gapTable(stage, corpora),
  };
}

/** In plain words, also where it contradicts the paper. */
function sentenceOf(stage: string, corpora: readonly MeasuredCorpus[]): string {
  return corpora
    .map(({ cell, pairs }) => {
      const parts = pairs.map((pair) => {
        const after = signed(increaseAt(pair, "after"));
        return `${after} with ${WEIGHTS_WORDS[pair.weights]} (${closedWords(pair)})`;
      });
      const before = signed(increaseAt(pairs[0]!, "before"));
      return `${corpusLabel(cell)}: perplexity of the ${stageName(stage)} model over its base's ${before} before training, after it ${parts.join(", ")}.`;
    })
    .join(" ");
}

function closedWords(pair: TrainedPair): string {
  const before = increaseAt(pair, "before");
  if (before === null || before.low === null || before.high === null) {
    return "too few documents to tell a gap from chance";
  }
  if (before.high < 0) return "there was no gap to close: the tuned model was ahead";
  const closed = gapClosed(pair);
  if (closed === null) return "there was no gap beyond chance to close";
  const share = `${formatNumber(100 * closed.value, 0)} % of the gap closed`;
  if (closed.low === null || closed.high === null) return share;
  const range = `${formatNumber(100 * closed.low, 0)} to ${formatNumber(100 * closed.high, 0)}`;
  return `${share} (${range}); ${whatStays(closed.low, closed.high)}`;
}

/** @param low, high ends of the share that is closed */
function whatStays(low: number, high: number): string {
  if (low > 1) return "the tuned model is ahead, which is not what the paper finds";
  return high < 1
    ? "some of it stays, as the paper finds"
    : "chance alone could explain what stays";
}

function signed(interval: Interval | null): string {
  return interval ? `${formatSigned(100 * interval.value, 1)} %` : "–";
}

function curvesFigure(cell: ResultCell, { trainings }: Readaptation, number: number): StudyFigure {
  return {
    id: `readaptation-curves-${number}`,
    title: `Perplexity while models are trained: ${cell.pair}, ${corpusLabel(cell)}`,
    subject: documentsLine([cell]),
    sentence: trainings.map(trainingSentence).join(" "),
    caption:
      "Perplexity on held-out documents of the corpus by step of training; diamonds: the step that loses least on another held-out part, whose weights are kept.",
    plot: {
      kind: "lines",
      x: { label: "Step", scale: "linear", format: "number" },
      y: { label: "Perplexity", scale: "linear", format: "number" },
      series: [...trainings.map(lineOf), chosenSteps(trainings)],
      diagonal: false,
    },
    table: {
      columns: ["Step", ...trainings.map(titleOf)],
      rows: stepsOf(trainings).map((step) => [
        step,
        ...trainings.map(({ curve }) => {
          const point = curve.find((one) => one.step === step);
          return point ? Number(Math.exp(point.report).toPrecision(5)) : null;
        }),
      ]),
    },
  };
}

function titleOf({ stage, weights }: Adapted): string {
  return `${stageTitle(stage)}, ${WEIGHTS_WORDS[weights]}`;
}

function lineOf(training: Adapted): PointSeries {
  return {
    name: titleOf(training),
    role: familyOf(training.stage),
    points: training.curve.map(({ step, report }) => ({ x: step, y: Math.exp(report) })),
  };
}

function chosenSteps(trainings: readonly Adapted[]): PointSeries {
  const points = trainings.flatMap((training) => {
    const point = training.curve.find(({ step }) => step === training.chosenStep);
    return point ? [{ x: point.step, y: Math.exp(point.report), label: titleOf(training) }] : [];
  });
  return { name: "is chosen", role: "quoted", points, drawnAs: "marks" };
}

function stepsOf(trainings: readonly Adapted[]): number[] {
  const steps = trainings.flatMap(({ curve }) => curve.map(({ step }) => step));
  return [...new Set(steps)].sort((a, b) => a - b);
}

function trainingSentence(training: Adapted): string {
  const { chosenStep, epochs } = training;
  const [before, after] = [perplexityAt(training, "before"), perplexityAt(training, "after")];
  if (chosenStep === 0) return `${titleOf(training)}: no step was better than none.`;
  return `${titleOf(training)}: from ${formatNumber(before, 1)} to ${formatNumber(after, 1)} at step ${chosenStep} (${formatNumber(epochs, 1)} passes in all).`;
}
