import type { TextIndex } from "./textIndex";

/**
 * A string that stands more often in a text, on average over all texts, is a pattern and identifies no place. Leaving it out
 * also keeps the occurrences of all repeats from growing with the square of a text that repeats one character.
 */
const MAX_OCCURRENCES = 16;

/** A string that occurs at several sites: those of `order[first .. endExclusive)`, `length` characters from each. */
export interface Repeat {
  readonly length: number;
  readonly first: number;
  readonly endExclusive: number;
  /** How many texts share it, copies counted. */
  readonly texts: number;
  /** Ordered pairs of different texts that share it, times its length: what aligning all of them would match. */
  readonly weight: number;
}

/**
 * The maximal repeats of at least `minLength` characters: strings in two texts or more that no character could be
 * added to, before or after, without losing an occurrence, and that do not occur all the time. Heaviest first, ties
 * in lexicographic order.
 *
 * Intervals of the suffix array with a common prefix, found by a stack (Abouelhoda, Kurtz and Ohlebusch 2004).
 *
 * @param copies How many input texts each indexed text stands for, `[text]`.
 * @param minTexts How many must share a string of a given length, copies counted.
 */
export function maximalRepeats(
  index: TextIndex,
  copies: Int32Array,
  minLength: number,
  minTexts: (length: number) => number = () => 2,
): Repeat[] {
  const repeats: Repeat[] = [];
  const leftChanges = countLeftChanges(index);
  const lastRepeat = new Int32Array(copies.length).fill(-1);
  const mostCopies = copies.reduce((most, count) => Math.max(most, count), 1);
  let visited = 0;

  forEachInterval(index.common, minLength, (length, first, endExclusive) => {
    if (endExclusive - first > MAX_OCCURRENCES * copies.length) return;
    const fewest = minTexts(length);
    if ((endExclusive - first) * mostCopies < fewest) return;
    if (leftChanges[endExclusive - 1] === leftChanges[first]) return;
    let texts = 0;
    let squares = 0;
    visited++;
    for (let rank = first; rank < endExclusive; rank++) {
      const text = index.textOf[index.order[rank]!]!;
      if (lastRepeat[text] === visited) continue;
      lastRepeat[text] = visited;
      texts += copies[text]!;
      squares += copies[text]! ** 2;
    }
    const weight = (texts * texts - squares) * length;
    if (weight > 0 && texts >= fewest) repeats.push({ length, first, endExclusive, texts, weight });
  });

  return repeats.sort((a, b) => b.weight - a.weight || a.first - b.first || a.length - b.length);
}

/**
 * Calls `visit` for every maximal range of ranks whose suffixes share `length` ≥ `minLength` characters and not all
 * of them more: the inner nodes of the suffix tree, children before parents.
 */
export function forEachInterval(
  common: Int32Array,
  minLength: number,
  visit: (length: number, first: number, endExclusive: number) => void,
): void {
  const lengths: number[] = [];
  const firsts: number[] = [];
  for (let rank = 1; rank <= common.length; rank++) {
    const length = rank < common.length ? common[rank]! : 0;
    let first = rank - 1;
    while (lengths.length > 0 && lengths[lengths.length - 1]! > length) {
      first = firsts.pop()!;
      visit(lengths.pop()!, first, rank);
    }
    if (length >= minLength && (lengths[lengths.length - 1] ?? 0) < length) {
      lengths.push(length);
      firsts.push(first);
    }
  }
}

/**
 * How often, up to a rank, the character before the suffix differs from the one before its predecessor's: equal
 * counts at both ends of an interval mean that all its occurrences could be extended to the left.
 */
function countLeftChanges({ symbols, order }: TextIndex): Int32Array {
  const changes = new Int32Array(order.length);
  for (let rank = 1; rank < order.length; rank++) {
    const left = order[rank]! > 0 ? symbols[order[rank]! - 1]! : -1;
    const leftBefore = order[rank - 1]! > 0 ? symbols[order[rank - 1]! - 1]! : -1;
    changes[rank] = changes[rank - 1]! + (left === leftBefore ? 0 : 1);
  }
  return changes;
}
