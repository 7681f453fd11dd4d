import type { ScoredTokens } from "../text/tokens";
import { bitsOf, isScored } from "../text/tokens";

/** From 1: the line of a stretch of text, in which its first visible character stands. Offsets are UTF-16. */
export function lineOf(text: string, start: number, endExclusive: number): number {
  const visible = text.slice(start, endExclusive).search(/\S/u);
  const place = start + Math.max(0, visible);
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < place; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

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
