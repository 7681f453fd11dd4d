/** The rows of the aligned view: those of the alignment, without gaps inside words that no other sample needs. */
import { decodeGaps, encodeGaps, type GapRuns } from "../../../src/analysis/align/gapRuns";
import { keepWordsWhole } from "../../../src/analysis/align/wholeWords";
import type { AlignmentView } from "../../../src/protocol/anchorViews";

/** Found once for each alignment, as every search and every marked anchor arranges the samples anew. */
const found = new WeakMap<AlignmentView, readonly GapRuns[]>();

/** @param texts the samples, of which the alignment may have the first ones only */
export function shownRows(texts: readonly string[], alignment: AlignmentView): readonly GapRuns[] {
  const known = found.get(alignment);
  if (known) return known;
  const { columns } = alignment;
  const rows = alignment.rows.map((runs) => decodeGaps(runs, columns));
  const shown = keepWordsWhole(texts.slice(0, rows.length), { rows, columns }).map(encodeGaps);
  found.set(alignment, shown);
  return shown;
}
