import type { Alignment } from "../align/align";
import { alignedShare } from "./alignedShare";
import { columnOverlap, keptColumns } from "./overlap";
import { positionCurve } from "./positionCurve";

/** How much aligned texts agree at 100 positions, 0 .. 1; null: no column is kept. */
export interface AgreementCurves {
  /** Share of agreeing pairs. */
  readonly overlap: number[] | null;
  /** Share of samples aligned with at least five others. */
  readonly alignedShare: number[] | null;
}

export function agreementCurves(
  texts: readonly string[],
  alignment: Alignment,
  kept = keptColumns(alignment),
): AgreementCurves {
  return {
    overlap: positionCurve(columnOverlap(texts, alignment, kept)),
    alignedShare: positionCurve(alignedShare(texts, alignment, kept)),
  };
}
