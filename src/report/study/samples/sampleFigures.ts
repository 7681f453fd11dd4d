import type { ResultCell, StudyResult } from "../../../formats/study/studyResult";
import type { StudyFigure } from "../../../protocol/studyFigure";
import { anchorBitsFigures } from "./anchorBits";
import { anchorListFigure, kindsFigure } from "./anchorList";
import { controlsFigure } from "./controls";
import { diversityFigure } from "./diversity";
import { positionFigures } from "./positions";
import { cellsOf } from "../cells";
import { histogramFigure, sharingFigure } from "./sharing";

/** The figures of each set of prompts, and of samples from elsewhere. */
export function sampleFigures(result: StudyResult): StudyFigure[] {
  return cellsOf(result, "samples").flatMap((cell, i) => figuresOf(cell, i + 1));
}

function figuresOf(cell: ResultCell, number: number): StudyFigure[] {
  const kinds = kindsFigure(cell, number);
  const controls = controlsFigure(cell, number);
  return [
    ...positionFigures(cell, number),
    anchorListFigure(cell, number),
    sharingFigure(cell, number),
    histogramFigure(cell, number),
    diversityFigure(cell, number),
    ...(controls ? [controls] : []),
    ...(kinds ? [kinds] : []),
    ...anchorBitsFigures(cell, number),
  ];
}
