import type { Alignment } from "../align/align";
import type { AnchorSpan } from "./anchors";
import type { TextRange } from "../text/ranges";
import { codePointsBefore, skipCodePoints } from "../text/codePoints";
import { utf8Length } from "../text/utf8";
import { bitsOf, tokensIn, type ScoredTokens } from "../text/tokens";

/** What an anchor costs under one model (not in the paper). */
export interface AnchorBits {
  /** Mean over the samples counted. */
  readonly bits: number;
  /** `bits` / the anchor's code points. */
  readonly bitsPerCharacter: number;
  /** Samples that have the anchor and all of whose tokens there are scored. */
  readonly samples: number;
}

/** One sample under one model, scored after the model's own form of the prompt. */
export interface ScoredSample {
  readonly text: string;
  /** Offsets are in `text`. */
  readonly tokens: ScoredTokens;
}

/** The entropy of the model before each token of a sample. */
export interface TokenEntropies {
  readonly count: number;
  /** UTF-16 offsets. */
  readonly start: ArrayLike<number>;
  readonly endExclusive: ArrayLike<number>;
  /** Nats; NaN: not scored. */
  readonly entropy: ArrayLike<number>;
}

/**
 * Bits of an anchor under a model: its tokens' surprisal, a token that only partly overlaps counted by the share of
 * its UTF-8 bytes.
 * @param samples null where a sample is not scored, `[sample]`
 * @returns null when no sample counts
 */
export function anchorBits(
  anchor: AnchorSpan,
  samples: readonly (ScoredSample | null)[],
): AnchorBits | null {
  let sum = 0;
  let counted = 0;
  for (const { sample, start } of anchor.occurrences) {
    const scored = samples[sample];
    if (!scored) continue;
    const bits = rangeBits(scored, utf16Range(scored.text, start, anchor.length));
    if (Number.isNaN(bits)) continue;
    sum += bits;
    counted++;
  }
  if (counted === 0) return null;
  const bits = sum / counted;
  return { bits, bitsPerCharacter: bits / anchor.length, samples: counted };
}

/** Bits of the tokens that overlap a range of UTF-16 offsets, each by its share of bytes; NaN when one is not scored. */
export function rangeBits({ text, tokens }: ScoredSample, range: TextRange): number {
  const overlapping = tokensIn(tokens, range);
  let bits = 0;
  for (let token = overlapping.start; token < overlapping.endExclusive; token++) {
    const start = tokens.start[token]!;
    const end = tokens.endExclusive[token]!;
    const from = Math.max(start, range.start);
    const to = Math.min(end, range.endExclusive);
    if (from >= to) continue;
    bits +=
      (bitsOf(tokens, token) * utf8Length(text.slice(from, to))) /
      utf8Length(text.slice(start, end));
  }
  return bits;
}

/**
 * Entropy along the alignment, in bits: how open the model is at each column. A token's entropy stands at the column of
 * its first character; the mean over the tokens that start there, NaN where none does, `[kept column]`.
 *
 * @param texts The aligned texts, `[sample]`.
 * @param tokens Null where a sample is not scored, `[sample]`.
 * @param columns As `keptColumns` gives them.
 */
export function columnEntropy(
  texts: readonly string[],
  alignment: Alignment,
  tokens: readonly (TokenEntropies | null)[],
  columns: Int32Array,
): Float64Array {
  const sums = new Float64Array(alignment.columns);
  const counts = new Int32Array(alignment.columns);
  texts.forEach((text, sample) => {
    const entropies = tokens[sample];
    if (!entropies) return;
    const row = alignment.rows[sample]!;
    const points = codePointsBefore(text);
    for (let token = 0; token < entropies.count; token++) {
      const start = entropies.start[token]!;
      const nats = entropies.entropy[token]!;
      if (entropies.endExclusive[token]! <= start || Number.isNaN(nats)) continue;
      const column = row[points[start]!]!;
      sums[column]! += nats / Math.LN2;
      counts[column]!++;
    }
  });
  return Float64Array.from(columns, (column) => sums[column]! / counts[column]!);
}

/** The UTF-16 range of `length` code points from the `start`-th on. */
function utf16Range(text: string, start: number, length: number): TextRange {
  const begin = skipCodePoints(text, 0, start);
  return { start: begin, endExclusive: skipCodePoints(text, begin, length) };
}
