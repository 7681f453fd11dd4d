/** Every document's perplexity under a base model and a model that was tuned from it. */
import { commonOf } from "../../formats/study/rows";
import { formatNumber } from "../../analysis/presentation/format";
import type { ResultCell, StudyResult } from "../../formats/study/studyResult";
import type { Point, PointSeries, StudyFigure } from "../../protocol/studyFigure";
import { documentTarget } from "../../protocol/documentTarget";
import {
  againstRows,
  cellsOf,
  type ComparedStage,
  comparedStages,
  stageName,
  unitOf,
} from "./cells";
import { documentsLine } from "./words";

/** A figure for each tuned model. */
export function scatterFigures(result: StudyResult): StudyFigure[] {
  const cells = cellsOf(result, "perplexity");
  return comparedStages(cells).map((stage, i) =>
    scatterFigure(
      cells.filter(({ pair }) => pair === stage.pair),
      stage,
      i,
    ),
  );
}

function scatterFigure(
  cells: readonly ResultCell[],
  { pair, stage, name }: ComparedStage,
  number: number,
): StudyFigure {
  const isAlike = cells.every((cell) => unitOf(cell, stage) === "token");
  const quantity = isAlike ? "Perplexity" : "Bits per segment";
  const series = cells.map((cell) => pointsOf(cell, stage));
  const points = series.flatMap((of) => of.points);
  const above = points.filter(({ x, y }) => y > x).length;
  return {
    id: `documents-${number + 1}`,
    title: `Documents: ${name} against its base`,
    subject: documentsLine(cells),
    sentence: `${pair}'s ${stageName(stage)} model finds ${formatNumber(above, 0)} of ${formatNumber(points.length, 0)} documents harder than its base does: those above the diagonal.`,
    caption: `${quantity} of each document on the text that both models scored; on the diagonal both expect it equally. A group of neighbouring documents is one point where there are more than 10,000.`,
    plot: {
      kind: "points",
      x: { label: `${quantity} under the base model`, scale: "log", format: "number" },
      y: { label: `${quantity} under ${stageName(stage)}`, scale: "log", format: "number" },
      series,
      diagonal: true,
    },
    table: {
      columns: ["Document", "Corpus", `${quantity}, base`, `${quantity}, ${stageName(stage)}`],
      rows: series.flatMap((of) =>
        of.points.map(({ label, x, y }) => [label ?? "", of.name, round(x), round(y)]),
      ),
      targets: points.map(({ target }) => target ?? null),
    },
  };
}

function pointsOf(cell: ResultCell, stage: string): PointSeries {
  const unit = unitOf(cell, stage);
  const rows = againstRows(cell.groups, stage);
  const points = cell.groups.flatMap(({ document }, i): Point[] => {
    const { base, rlhf, baseTokens, rlhfTokens, segmentCount } = commonOf(rows[i] ?? [], unit);
    const [left, right] =
      unit === "token" ? [baseTokens, rlhfTokens] : [segmentCount, segmentCount];
    const [x, y] =
      unit === "token" ? [2 ** (base / left), 2 ** (rlhf / right)] : [base / left, rlhf / right];
    if (!(x > 0 && y > 0)) return [];
    return [{ x, y, label: shortName(document), target: documentTarget(cell.corpus, document) }];
  });
  return { name: cell.corpus, role: "other", points };
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

/** A file's name without its folders: the corpus says where it is. */
function shortName(document: string): string {
  return document.slice(document.lastIndexOf("/") + 1);
}
