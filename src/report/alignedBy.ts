import { GRAM } from "../analysis/align/grams";
import type { Aligner } from "../protocol/anchorViews";

/** What puts characters into one column: by each aligner, what it matches. */
export const ALIGNED_BY: Readonly<Record<Aligner, string>> = {
  twinlens: `by Twinlens in strings of ${GRAM} characters or more`,
  mafft: "by MAFFT letter by letter",
};
