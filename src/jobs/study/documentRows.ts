import { calibrationRow, sharpnessRow, surprisalRow } from "../../formats/study/rows";
import type { ResultModel } from "../../formats/study/studyResult";
import type { GoldMeasure } from "./cells";
import type { DocumentScores } from "./documentScores";

/** A document's numbers under one model, as results have them; empty: not measured. */
export function rowOf(measure: GoldMeasure, scores: DocumentScores): number[] {
  switch (measure) {
    case "perplexity":
      return surprisalRow({ ...scores.surprisal, tokens: scores.tokens.count });
    case "concentration":
      return scores.sharpness ? sharpnessRow(scores.sharpness) : [];
    case "calibration":
      return scores.calibration ? calibrationRow(scores.calibration) : [];
  }
}

/** Which model measured a document, and how. */
export type MeasuredBy = Pick<DocumentScores, "model" | "settings">;

export function describeModel(
  stage: string,
  { model, settings }: MeasuredBy,
  sha256: ReadonlyMap<string, string>,
): ResultModel {
  return { ...model, stage, sha256: sha256.get(stage) ?? "", windows: settings };
}
