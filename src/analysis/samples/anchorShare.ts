import type { Alignment } from "../align/align";
import type { AnchorSpan } from "./anchors";

/**
 * Samples whose character lies in an anchor, as a share of all N (paper Figure 14); in [0, 1], `[kept column]`.
 *
 * @param anchors Usually all of them: `findAnchors` without a limit (a choice).
 * @param columns As `keptColumns` gives them, so that the curve compares with the overlap's.
 */
export function anchorShare(
  alignment: Alignment,
  anchors: readonly AnchorSpan[],
  columns: Int32Array,
): Float64Array {
  const inside = new Int32Array(alignment.columns);
  for (const { length, occurrences } of anchors) {
    for (const { sample, start } of occurrences) {
      const row = alignment.rows[sample]!;
      for (let i = start; i < start + length; i++) inside[row[i]!]!++;
    }
  }
  return Float64Array.from(columns, (column) => inside[column]! / alignment.rows.length);
}
