import type { Alignment } from "../align/align";
import { codePoints } from "../text/codePoints";

/** Other samples with the same character in the column, for a sample to count as aligned there (paper, Figure 1's caption). */
export const MIN_OTHERS = 5;

/**
 * Samples aligned with at least {@link MIN_OTHERS} others (paper, Figure 1's caption): in each of `columns`, samples whose
 * character that many others have there too, as a share of all N (a choice); in [0, 1], `[kept column]`.
 *
 * @param texts The aligned texts, `[sample]`.
 * @param columns As `keptColumns` gives them, so that the curve compares with the overlap's.
 */
export function alignedShare(
  texts: readonly string[],
  alignment: Alignment,
  columns: Int32Array,
): Float64Array {
  const counts = new Map<number, number>();
  const aligned = new Int32Array(alignment.columns);
  texts.forEach((text, sample) => {
    const row = alignment.rows[sample]!;
    codePoints(text).forEach((point, i) => {
      const column = row[i]!;
      const key = column * 0x110000 + point;
      const others = counts.get(key) ?? 0;
      counts.set(key, others + 1);
      // The first one to have enough others is enough for those as well.
      if (others >= MIN_OTHERS) aligned[column]! += others === MIN_OTHERS ? MIN_OTHERS + 1 : 1;
    });
  });
  return Float64Array.from(columns, (column) => aligned[column]! / texts.length);
}
