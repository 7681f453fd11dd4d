import type { WordBoundary } from "./scores";

/** How a word's surprisal is made of its tokens' (docs/definitions.md, "Words"): their sum, or corrected for where words end. */
export const WORD_SURPRISALS = ["tokens", "boundary"] as const;

/** Punctuation at a word's ends: with the word that it is written at, or a word of its own. */
export const PUNCTUATIONS = ["joined", "separate"] as const;

/** How words are cut, and what their surprisal is. */
export interface WordChoice {
  readonly surprisal: (typeof WORD_SURPRISALS)[number];
  readonly punctuation: (typeof PUNCTUATIONS)[number];
}

/** Where words end, whose probability has to be known; null: nowhere. */
export function boundaryOf({ surprisal, punctuation }: WordChoice): WordBoundary | null {
  if (surprisal === "tokens") return null;
  return punctuation === "separate" ? "punctuation" : "blank";
}
