/** How sharp a model's distributions are, as reports and exports have it. */
import { type Sharpness, SharpnessMeasure } from "../analysis/scores/sharpness";
import type { SharpnessReport } from "../protocol/report";
import { CONCENTRATION_KS, CONCENTRATION_SCALE, type ModelFacts } from "../protocol/scores";
import type { TextScores } from "../protocol/textScores";

/** The k for which C(k) is informative: those up to the vocabulary's size. */
export function concentrationKs(vocabularySize: number): number[] {
  return CONCENTRATION_KS.filter((k) => k <= vocabularySize);
}

export function sharpnessMeasure(): SharpnessMeasure {
  return new SharpnessMeasure(CONCENTRATION_KS.length, CONCENTRATION_SCALE);
}

/** null: not measured. */
export function measureSharpness({ columns, model }: TextScores): SharpnessReport | null {
  if (columns.distribution === null) return null;
  const measure = sharpnessMeasure();
  measure.add(columns, columns.distribution, { start: 0, endExclusive: columns.count });
  return reportedSharpness(measure.value(), model);
}

/** C(k) up to the vocabulary's size, and coverage as a share of it. */
export function reportedSharpness(
  { meanEntropyBits, coverage, concentration }: Sharpness,
  { vocabularySize }: ModelFacts,
): SharpnessReport {
  return {
    concentration: concentration.slice(0, concentrationKs(vocabularySize).length),
    coverage,
    coveragePercent: (coverage / vocabularySize) * 100,
    meanEntropyBits,
  };
}
