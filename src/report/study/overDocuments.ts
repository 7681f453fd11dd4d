import { strataInterval, type Sums } from "../../analysis/statistics/bootstrap";
import type { Interval } from "../../protocol/studyFigure";
import { LEAST_FILES } from "../overall";

/**
 * The mean over corpora of what `of` makes of each corpus' mean, with its interval over documents, where every corpus has
 * enough of them.
 * @returns null where no corpus has anything to count
 */
export function overDocuments(
  corpora: readonly (readonly Sums[])[],
  of?: (mean: number) => number,
): Interval | null {
  const filled = corpora
    .map((documents) => documents.filter(({ count }) => count > 0))
    .filter((documents) => documents.length > 0);
  if (filled.length === 0) return null;
  const { value, low, high } = strataInterval(filled, of);
  const isEnough = filled.every((documents) => documents.length >= LEAST_FILES);
  return isEnough ? { value, low, high } : { value, low: null, high: null };
}

/** Of all documents' sums over all their counts; NaN where there is nothing to count. */
export function pooledMean(documents: readonly Sums[]): number {
  const total = (of: (document: Sums) => number) =>
    documents.reduce((sum, document) => sum + of(document), 0);
  return total(({ sum }) => sum) / total(({ count }) => count);
}
