import type { Alignment } from "../align/align";
import { codePoints } from "../text/codePoints";

/** Samples that must have a character in a column for it to be kept (paper §E.4). */
export const MIN_SAMPLES = 5;

/** Numbers of the columns in which at least `minSamples` samples have a character, ascending. */
export function keptColumns(alignment: Alignment, minSamples: number = MIN_SAMPLES): Int32Array {
  const samples = new Int32Array(alignment.columns);
  for (const row of alignment.rows) for (const column of row) samples[column]!++;
  return Int32Array.from(samples.keys()).filter((c) => samples[c]! >= minSamples);
}

/**
 * How much the samples agree in each of `columns` (paper §4.2, Figures 1 and 13): the pairs of samples with the
 * same character there, as a share of all N (N - 1) / 2 pairs, absent samples included; in [0, 1], `[kept column]`.
 *
 * @param texts The aligned texts, `[sample]`.
 * @param columns As {@link keptColumns} gives them.
 */
export function columnOverlap(
  texts: readonly string[],
  alignment: Alignment,
  columns: Int32Array,
): Float64Array {
  const pairs = new Float64Array(alignment.columns);
  const counts = new Map<number, number>();
  texts.forEach((text, sample) => {
    const row = alignment.rows[sample]!;
    codePoints(text).forEach((point, i) => {
      // A column's n-th equal character makes n - 1 new pairs.
      const key = row[i]! * 0x110000 + point;
      const before = counts.get(key) ?? 0;
      pairs[row[i]!]! += before;
      counts.set(key, before + 1);
    });
  });
  const allPairs = (texts.length * (texts.length - 1)) / 2;
  return Float64Array.from(columns, (column) => (allPairs > 0 ? pairs[column]! / allPairs : 0));
}
