import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diversity } from "../../src/analysis/samples/diversity";
import {
  indexNgrams,
  mostShared,
  numberWords,
  sharingHistogram,
} from "../../src/analysis/samples/ngrams";
import { subsample } from "../../src/analysis/statistics/subsample";

const samples = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }), {
  maxLength: 6,
});

/** Every n-gram as text, with the samples that contain it, and how many n-grams there are in all. */
function countNgrams(sequences: readonly (readonly number[])[], n: number) {
  const containing = new Map<string, Set<number>>();
  let all = 0;
  sequences.forEach((tokens, g) => {
    for (let i = 0; i + n <= tokens.length; i++) {
      const key = tokens.slice(i, i + n).join(" ");
      containing.set(key, (containing.get(key) ?? new Set()).add(g));
      all++;
    }
  });
  return { containing, all };
}

describe("n-grams", () => {
  // Three samples over words: "a b a b", "b a b c", "c".
  // Bigrams: ab in 0 (twice) and 1; ba in 0 and 1; bc in 1. Six in all, three different.
  // Trigrams: aba in 0; bab in 0 and 1; abc in 1. Four in all, three different.
  const worked = indexNgrams(numberWords(["a b a b", "b a\tb c", " c\n"]));

  it("finds the n-gram that most samples share", () => {
    const { samples, sample, start } = mostShared(worked, 2);
    expect(samples).toBe(2);
    expect(["0:0", "0:2", "1:1"]).toContain(`${sample}:${start}`);
    expect(mostShared(worked, 3)).toMatchObject({ samples: 2 });
    expect(mostShared(worked, 5)).toEqual({ n: 5, samples: 0, sample: -1, start: -1 });
  });

  it("counts n-grams by the samples that contain them", () => {
    expect([...sharingHistogram(worked, 2)]).toEqual([0, 1, 2, 0]);
    expect([...sharingHistogram(worked, 3)]).toEqual([0, 2, 1, 0]);
    expect([...sharingHistogram(worked, 5)]).toEqual([0, 0, 0, 0]);
  });

  it("measures diversity as different / all", () => {
    expect(diversity(worked, 1)).toBe(3 / 9);
    expect(diversity(worked, 2)).toBe(3 / 6);
    expect(diversity(worked, 3)).toBe(3 / 4);
    expect(diversity(worked, 5)).toBeNull();
  });

  it("agrees with counting every n-gram", () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 5 }), (sequences, n) => {
        const index = indexNgrams(sequences);
        const { containing, all } = countNgrams(sequences, n);
        const sizes = [...containing.values()].map((having) => having.size);
        const best = mostShared(index, n);
        expect(best.samples).toBe(Math.max(0, ...sizes));
        if (best.samples > 0) {
          const tokens = sequences[best.sample]!.slice(best.start, best.start + n);
          expect(containing.get(tokens.join(" "))?.size).toBe(best.samples);
        }
        const histogram = sharingHistogram(index, n);
        histogram.forEach((count, g) =>
          expect(count).toBe(sizes.filter((size) => size === g).length),
        );
        expect(diversity(index, n)).toBe(all === 0 ? null : containing.size / all);
      }),
    );
  });
});

describe("subsample", () => {
  it("takes so many different numbers, the same for the same seed", () => {
    const taken = subsample(100, 10, 7);
    expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
    expect(taken.length).toBe(10);
    expect(taken.every((number) => number >= 0 && number < 100)).toBe(true);
    expect(subsample(100, 10, 7)).toEqual(taken);
    expect(subsample(100, 10, 8)).not.toEqual(taken);
    expect(subsample(3, 10, 7)).toEqual([0, 1, 2]);
  });

  it("takes every number equally often", () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 2000; seed++) for (const n of subsample(10, 3, seed)) counts[n]!++;
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(100);
  });
});
