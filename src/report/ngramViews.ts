/** What samples share piece by piece, for the panel and the run's file (paper Figures 7 and 15, Table 4). */
import { diversity, DIVERSITY_LENGTHS } from "../analysis/samples/diversity";
import {
  indexNgrams,
  mostShared,
  numberWords,
  SHARING_LENGTHS,
  sharingHistogram,
} from "../analysis/samples/ngrams";
import type { NgramView } from "../protocol/ngramView";

/** A sample's tokens under the base model. */
export interface SampleTokenization {
  readonly text: string;
  readonly id: ArrayLike<number>;
  /** UTF-16 offsets. */
  readonly start: ArrayLike<number>;
  readonly endExclusive: ArrayLike<number>;
}

/** n-grams of the base model's tokens. */
export function tokenNgrams(samples: readonly SampleTokenization[]): NgramView {
  return toNgramView(
    "tokens",
    samples.map(({ id }) => id),
    (sample, start, n) => {
      const { text, start: starts, endExclusive } = samples[sample]!;
      return text.slice(starts[start], endExclusive[start + n - 1]);
    },
  );
}

/** n-grams of words: the same unit for both models, and needs neither of them. */
export function wordNgrams(texts: readonly string[]): NgramView {
  const words = texts.map((text) => text.split(/\s+/u).filter((word) => word !== ""));
  return toNgramView("words", numberWords(texts), (sample, start, n) =>
    words[sample]!.slice(start, start + n).join(" "),
  );
}

function toNgramView(
  unit: NgramView["unit"],
  samples: readonly ArrayLike<number>[],
  textOf: (sample: number, start: number, n: number) => string,
): NgramView {
  const index = indexNgrams(samples);
  return {
    unit,
    shared: SHARING_LENGTHS.map((n) => {
      const { samples: having, sample, start } = mostShared(index, n);
      const text = sample < 0 ? "" : textOf(sample, start, n);
      return { n, samples: having, text };
    }),
    tenGrams: Array.from(sharingHistogram(index, 10)),
    diversity: DIVERSITY_LENGTHS.map((n) => diversity(index, n)),
  };
}
