/** Perplexities of trained models before and after, and the gap between them, as a table. */
import type { Adapted } from "../../../formats/study/readaptation";
import type { TrainedWeightsKind } from "../../../formats/study/readaptationSettings";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { FigureTable } from "../../../protocol/studyFigure";
import { stageTitle } from "../cells";
import { intervalCells, percent } from "../intervalCells";
import { corpusLabel } from "../words";
import { gapClosed, increaseAt, type Moment, perplexityAt, type TrainedPair } from "./gaps";

export const WEIGHTS_WORDS: Readonly<Record<TrainedWeightsKind, string>> = {
  lora: "an adapter",
  all: "all weights",
};

export interface MeasuredCorpus {
  readonly cell: ResultCell;
  readonly pairs: readonly TrainedPair[];
}

/** @param stage which is compared with its base */
export function gapTable(stage: string, corpora: readonly MeasuredCorpus[]): FigureTable {
  const title = stageTitle(stage);
  const withEnds = (name: string) => [`${name}, %`, "from", "to"];
  return {
    columns: [
      ...["Corpus", "Trained", "Documents", "Tokens"],
      ...["Base before", "Base after", `${title} before`, `${title} after`],
      ...["Increase before", "Increase after", "Gap closed"].flatMap(withEnds),
    ],
    rows: corpora.flatMap(({ cell, pairs }) => pairs.map((pair) => rowOf(cell, pair))),
  };
}

function rowOf(cell: ResultCell, pair: TrainedPair): FigureTable["rows"][number] {
  const { weights, base, other } = pair;
  const perplexity = (adapted: Adapted, moment: Moment) =>
    Number(perplexityAt(adapted, moment).toPrecision(5));
  return [
    corpusLabel(cell),
    WEIGHTS_WORDS[weights],
    base.report.tokens.length,
    base.report.tokens.reduce((sum, tokens) => sum + tokens, 0),
    perplexity(base, "before"),
    perplexity(base, "after"),
    perplexity(other, "before"),
    perplexity(other, "after"),
    ...intervalCells(increaseAt(pair, "before"), percent),
    ...intervalCells(increaseAt(pair, "after"), percent),
    ...intervalCells(gapClosed(pair), percent),
  ];
}
