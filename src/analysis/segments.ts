import type { TextRange } from "./ranges";
import type { ScoredTokens } from "./tokens";
import { bitsOf, isScored } from "./tokens";

/**
 * Stretches of one text that both models scored, each the shortest whose two ends are token ends in both
 * tokenizations, in text order. With one tokenizer for both, a segment is a token, or the tokens that share characters.
 */
export interface Segments {
  readonly count: number;
  /** UTF-16 offsets, `[segment]`. */
  readonly start: Uint32Array;
  readonly endExclusive: Uint32Array;
  /** Surprisal of the segment's tokens in bits, summed, `[segment]`. */
  readonly base: Float64Array;
  readonly rlhf: Float64Array;
}

/** Cuts a text into segments; linear in the number of tokens. */
export function cutSegments(base: ScoredTokens, rlhf: ScoredTokens): Segments {
  const most = Math.min(base.count, rlhf.count);
  const start = new Uint32Array(most);
  const endExclusive = new Uint32Array(most);
  const bits = { base: new Float64Array(most), rlhf: new Float64Array(most) };
  let count = 0;
  let left = nextPart(base, 0);
  let right = nextPart(rlhf, 0);
  while (left !== null && right !== null) {
    if (left.end < right.end) left = join(left, nextPart(base, left.nextToken));
    else if (right.end < left.end) right = join(right, nextPart(rlhf, right.nextToken));
    else {
      if (left.scored && right.scored) {
        start[count] = Math.min(left.start, right.start);
        endExclusive[count] = left.end;
        bits.base[count] = left.bits;
        bits.rlhf[count] = right.bits;
        count++;
      }
      left = nextPart(base, left.nextToken);
      right = nextPart(rlhf, right.nextToken);
    }
  }
  return {
    count,
    start: start.slice(0, count),
    endExclusive: endExclusive.slice(0, count),
    base: bits.base.slice(0, count),
    rlhf: bits.rlhf.slice(0, count),
  };
}

/** RLHF minus base, bits, `[segment]`: log2 p_base - log2 p_RLHF. */
export function differences(segments: Segments): Float64Array {
  return segments.rlhf.map((bits, i) => bits - segments.base[i]!);
}

/** The segments that overlap a text range; null: all. */
export function segmentsIn(segments: Segments, range: TextRange | null): Segments {
  if (range === null) return segments;
  let from = 0;
  let to = segments.count;
  while (from < to && segments.endExclusive[from]! <= range.start) from++;
  while (to > from && segments.start[to - 1]! >= range.endExclusive) to--;
  return {
    count: to - from,
    start: segments.start.slice(from, to),
    endExclusive: segments.endExclusive.slice(from, to),
    base: segments.base.slice(from, to),
    rlhf: segments.rlhf.slice(from, to),
  };
}

/** Tokens of one model up to an end that no later token reaches across. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly bits: number;
  /** False when a token with text has no probability. */
  readonly scored: boolean;
  readonly nextToken: number;
}

/** The shortest part that begins with a token; null: only tokens without text are left. */
function nextPart(tokens: ScoredTokens, first: number): Part | null {
  let start = -1;
  let bits = 0;
  let scored = true;
  for (let i = first; i < tokens.count; i++) {
    const end = tokens.endExclusive[i]!;
    const hasText = end > tokens.start[i]!;
    // A blank that the tokenizer added belongs to the text it stands before.
    if (isScored(tokens, i)) bits += bitsOf(tokens, i);
    else if (hasText) scored = false;
    if (!hasText) continue;
    if (start < 0) start = tokens.start[i]!;
    const nextToken = i + 1;
    if (nextToken === tokens.count || tokens.start[nextToken]! >= end) {
      return { start, end, bits, scored, nextToken };
    }
  }
  return null;
}

function join(part: Part, next: Part | null): Part | null {
  if (next === null) return null;
  return {
    start: part.start,
    end: next.end,
    bits: part.bits + next.bits,
    scored: part.scored && next.scored,
    nextToken: next.nextToken,
  };
}
