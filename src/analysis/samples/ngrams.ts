import { indexTexts, type TextIndex } from "../align/textIndex";

/** Lengths whose sharing is shown (paper Figures 7 and 15, part A). */
export const SHARING_LENGTHS = [5, 10, 25, 50] as const;

/** The n-gram that the most samples contain. */
export interface MostShared {
  readonly n: number;
  /** Samples that contain it; 0 when all are shorter than n. */
  readonly samples: number;
  /** One place where it stands: a sample and the number of its first token there; -1 when there is none. */
  readonly sample: number;
  readonly start: number;
}

/**
 * Prepares samples for counting n-grams of every length: their suffixes sorted.
 * @param samples token ids, or words numbered by {@link numberWords}, `[sample][token]`
 */
export function indexNgrams(samples: readonly ArrayLike<number>[]): TextIndex {
  return indexTexts(samples.map((tokens) => Int32Array.from(tokens)));
}

/** Whitespace-separated words as numbers, equal words have equal numbers: the unit where no model tokenizes. */
export function numberWords(texts: readonly string[]): Int32Array[] {
  const numberOf = new Map<string, number>();
  return texts.map((text) => {
    const words = text.split(/\s+/u).filter((word) => word !== "");
    return Int32Array.from(words, (word) => {
      const number = numberOf.get(word) ?? numberOf.size;
      numberOf.set(word, number);
      return number;
    });
  });
}

/** The most shared n-gram; the first in the order of token numbers where several are. */
export function mostShared(index: TextIndex, n: number): MostShared {
  let best: MostShared = { n, samples: 0, sample: -1, start: -1 };
  forEachNgram(index, n, (site, samples) => {
    if (samples <= best.samples) return;
    const sample = index.textOf[site]!;
    best = { n, samples, sample, start: site - index.starts[sample]! };
  });
  return best;
}

/** How many different n-grams are contained in exactly g samples, `[g]`, 0 ≤ g ≤ N (Figures 7 and 15, part B: n = 10). */
export function sharingHistogram(index: TextIndex, n: number): Int32Array {
  const histogram = new Int32Array(index.starts.length);
  forEachNgram(index, n, (_, samples) => histogram[samples]!++);
  return histogram;
}

/**
 * Calls `visit` once for every different n-gram: a site where it stands, the samples that contain it, and how
 * often it occurs. In sorted order equal n-grams stand side by side, with at least n tokens in common.
 */
export function forEachNgram(
  index: TextIndex,
  n: number,
  visit: (site: number, samples: number, occurrences: number) => void,
): void {
  const { order, common, starts, textOf } = index;
  const lastNgram = new Int32Array(starts.length).fill(-1);
  let first = -1;
  let samples = 0;
  let occurrences = 0;
  for (let rank = 0; rank < order.length; rank++) {
    const site = order[rank]!;
    const text = textOf[site]!;
    if (starts[text + 1]! - 1 - site < n) continue;
    if (occurrences === 0 || common[rank]! < n) {
      if (occurrences > 0) visit(first, samples, occurrences);
      [first, samples, occurrences] = [site, 0, 0];
    }
    occurrences++;
    if (lastNgram[text] !== first) samples++;
    lastNgram[text] = first;
  }
  if (occurrences > 0) visit(first, samples, occurrences);
}
