import type { ScoredTokens } from "../text/tokens";
import { bitsOf, isScored } from "../text/tokens";

/** Surprisal of the tokens that begin in a line. */
export interface LineSurprisal {
  readonly bits: number;
  /** Tokens with a probability; 0: the line has no number. */
  readonly scoredTokens: number;
}

/**
 * Bits per line; a token counts for the line it begins in.
 * @param lineStarts UTF-16 offsets of the lines' first characters, rising, the first one 0
 */
export function lineSurprisals(
  tokens: ScoredTokens,
  lineStarts: ArrayLike<number>,
): LineSurprisal[] {
  const lines = Array.from(lineStarts, () => ({ bits: 0, scoredTokens: 0 }));
  let line = 0;
  for (let i = 0; i < tokens.count; i++) {
    while (line + 1 < lines.length && lineStarts[line + 1]! <= tokens.start[i]!) line++;
    const sum = lines[line];
    if (sum === undefined || !isScored(tokens, i)) continue;
    sum.bits += bitsOf(tokens, i);
    sum.scoredTokens++;
  }
  return lines;
}
