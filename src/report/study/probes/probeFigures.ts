import type { ResultCell, StudyResult } from "../../../formats/study/studyResult";
import type { StudyFigure } from "../../../protocol/studyFigure";
import { cellsOf } from "../cells";
import { accuracyFigures } from "./probeAccuracy";
import { anchorFigures } from "./probeAnchors";
import { layersFigure } from "./probeLayers";

/** The figures of each corpus and set of prompts whose states were probed. */
export function probeFigures(result: StudyResult): StudyFigure[] {
  return cellsOf(result, "probes").flatMap((cell, i) => figuresOf(cell, i + 1));
}

function figuresOf(cell: ResultCell, number: number): StudyFigure[] {
  const { probes } = cell;
  if (probes === null) return [];
  const layers = layersFigure(cell, probes, number);
  return [
    ...accuracyFigures(cell, probes, number),
    ...(layers ? [layers] : []),
    ...anchorFigures(cell, probes, number),
  ];
}
