import { calibrationRow, sharpnessRow, surprisalRow } from "../../formats/study/rows";
import type { ResultModel } from "../../formats/study/studyResult";
import { namedAdapter } from "../../formats/adapter";
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

/** Settings are null where the model scored nothing. */
export function describeModel(
  stage: string,
  { model, settings }: Pick<MeasuredBy, "model"> & { settings: MeasuredBy["settings"] | null },
  sha256: ReadonlyMap<string, string>,
): ResultModel {
  const adapter = namedAdapter(model) ?? undefined;
  return { ...model, adapter, stage, sha256: sha256.get(stage) ?? "", windows: settings };
}
