/** Sets of samples are compared only at equal numbers: the larger one is subsampled. */
import { agreementCurves } from "../analysis/samples/agreement";
import { decodeGaps } from "../analysis/align/gapRuns";
import { subsample } from "../analysis/statistics/subsample";
import type { Run } from "../formats/run";
import type { AlignmentView } from "../protocol/anchorViews";
import { type Role, ROLES } from "../protocol/roles";
import { wordNgrams } from "./ngramViews";

/** One model's samples and what was found in them, one row per sample. */
export interface SampleSet {
  readonly texts: readonly string[];
  readonly alignment: AlignmentView;
}

/** A choice, so that the same samples are taken every time. */
const SEED = 1;

/**
 * What may be compared of each model's samples, `[set]`: overlap and n-grams of as many samples as the smallest set
 * has. Sets without samples are not compared. A subset's n-grams are counted in words, as no model is available
 * to cut it into tokens; then all are, so that the unit is one. Columns, rows and entropy stay those of all samples.
 */
export function atEqualNumber(sets: readonly SampleSet[]): {
  /** Of each set. */
  readonly samples: number;
  readonly alignments: readonly AlignmentView[];
} {
  const filled = sets.filter(({ texts }) => texts.length > 0);
  const samples = Math.min(...filled.map(({ texts }) => texts.length));
  const isEqual =
    filled.every(({ texts }) => texts.length === samples) &&
    new Set(filled.map(({ alignment }) => alignment.ngrams.unit)).size <= 1;
  return {
    samples: filled.length === 0 ? 0 : samples,
    alignments: sets.map((set) => (isEqual ? set.alignment : ofSome(set, samples))),
  };
}

function ofSome({ texts, alignment }: SampleSet, samples: number): AlignmentView {
  const some = equalPart(texts, samples);
  const ngrams = wordNgrams(some);
  if (some.length === texts.length) return { ...alignment, ngrams };
  const { columns, hitBudget } = alignment;
  const rows = equalPart(alignment.rows, samples).map((row) => decodeGaps(row, columns));
  const curves = agreementCurves(some, { columns, rows, hitBudget, cells: 0 });
  return { ...alignment, ...curves, ngrams };
}

/** A run's samples of a model, as many as its other model has. */
export function comparedTexts(run: Run, role: Role): readonly string[] {
  const counts = ROLES.flatMap((each) => run[each]?.samples.length || []);
  const texts = run[role]?.samples.map(({ text }) => text) ?? [];
  return equalPart(texts, Math.min(...counts, texts.length));
}

/** As many of one model's samples, or of what belongs to each, as are compared; all where there are no more. */
export function equalPart<T>(ofSamples: readonly T[], samples: number): T[] {
  return subsample(ofSamples.length, samples, SEED).map((sample) => ofSamples[sample]!);
}
