import type { TextRange } from "./ranges";
import type { ScoredTokens } from "./tokens";
import { bitsOf, firstIndex, isScored } from "./tokens";

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
  /** How many scored tokens that is, `[segment]`. */
  readonly baseTokens: Uint32Array;
  readonly rlhfTokens: Uint32Array;
}

/** Cuts a text into segments; linear in the number of tokens. */
export function cutSegments(base: ScoredTokens, rlhf: ScoredTokens): Segments {
  const most = Math.min(base.count, rlhf.count);
  const start = new Uint32Array(most);
  const endExclusive = new Uint32Array(most);
  const bits = { base: new Float64Array(most), rlhf: new Float64Array(most) };
  const tokens = { base: new Uint32Array(most), rlhf: new Uint32Array(most) };
  let count = 0;
  let left = nextPart(base, 0);
  let right = nextPart(rlhf, 0);
  while (left !== null && right !== null) {
    // Text in which the other model has no token, as the prompt of a reply, or a character that its vocabulary lacks.
    if (left.end <= right.start) left = nextPart(base, left.nextToken);
    else if (right.end <= left.start) right = nextPart(rlhf, right.nextToken);
    else if (left.end < right.end) left = join(left, nextPart(base, left.nextToken));
    else if (right.end < left.end) right = join(right, nextPart(rlhf, right.nextToken));
    else {
      if (left.scored && right.scored && left.blank === right.blank) {
        start[count] = Math.min(left.start, right.start);
        endExclusive[count] = left.end;
        bits.base[count] = left.bits;
        bits.rlhf[count] = right.bits;
        tokens.base[count] = left.tokens;
        tokens.rlhf[count] = right.tokens;
        count++;
      }
      left = nextPart(base, left.nextToken);
      right = nextPart(rlhf, right.nextToken);
    }
  }
  const all = {
    count: most,
    start,
    endExclusive,
    base: bits.base,
    rlhf: bits.rlhf,
    baseTokens: tokens.base,
    rlhfTokens: tokens.rlhf,
  };
  return sliced(all, 0, count);
}

/** RLHF minus base, bits, `[segment]`: log2 p_base - log2 p_RLHF. */
export function differences(segments: Segments): Float64Array {
  return segments.rlhf.map((bits, i) => bits - segments.base[i]!);
}

/** The segments that overlap a text range; null: all. Views, not copies. */
export function segmentsIn(segments: Segments, range: TextRange | null): Segments {
  if (range === null) return segments;
  const { count, start, endExclusive } = segments;
  const from = firstIndex(count, (i) => endExclusive[i]! > range.start);
  const to = firstIndex(count, (i) => start[i]! >= range.endExclusive);
  return sliced(segments, from, Math.max(from, to));
}

function sliced(segments: Segments, from: number, to: number): Segments {
  return {
    count: to - from,
    start: segments.start.subarray(from, to),
    endExclusive: segments.endExclusive.subarray(from, to),
    base: segments.base.subarray(from, to),
    rlhf: segments.rlhf.subarray(from, to),
    baseTokens: segments.baseTokens.subarray(from, to),
    rlhfTokens: segments.rlhfTokens.subarray(from, to),
  };
}

/** Tokens of one model up to an end that no later token reaches across. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly bits: number;
  /** Those with a probability. */
  readonly tokens: number;
  /** False when a token with text has no probability. */
  readonly scored: boolean;
  /** Whether a blank that the tokenizer added has none: the text behind it was then read without its bits. */
  readonly blank: "unscored" | "none or scored";
  readonly nextToken: number;
}

/** The shortest part that begins with a token; null: only tokens without text are left. */
function nextPart(tokens: ScoredTokens, first: number): Part | null {
  let start = -1;
  let bits = 0;
  let count = 0;
  let scored = true;
  let blank: Part["blank"] = "none or scored";
  for (let i = first; i < tokens.count; i++) {
    const end = tokens.endExclusive[i]!;
    const hasText = end > tokens.start[i]!;
    // A blank that the tokenizer added belongs to the text it stands before.
    if (isScored(tokens, i)) {
      bits += bitsOf(tokens, i);
      count++;
    } else if (hasText) scored = false;
    else blank = "unscored";
    if (!hasText) continue;
    if (start < 0) start = tokens.start[i]!;
    const nextToken = i + 1;
    if (nextToken === tokens.count || tokens.start[nextToken]! >= end) {
      return { start, end, bits, tokens: count, scored, blank, nextToken };
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
    tokens: part.tokens + next.tokens,
    scored: part.scored && next.scored,
    blank: part.blank === "unscored" ? part.blank : next.blank,
    nextToken: next.nextToken,
  };
}
