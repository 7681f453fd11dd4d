import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  divergentSpans,
  mostDivergent,
  neighbouringSpan,
} from "../../src/analysis/scores/divergence";
import type { Segments } from "../../src/analysis/text/segments";

/** One-character segments with the given differences. */
function segmentsOf(differences: readonly number[], start = 0): Segments {
  return {
    count: differences.length,
    start: Uint32Array.from(differences, (_, i) => start + i),
    endExclusive: Uint32Array.from(differences, (_, i) => start + i + 1),
    base: Float64Array.from(differences, (d) => Math.max(0, -d)),
    rlhf: Float64Array.from(differences, (d) => Math.max(0, d)),
    baseTokens: new Uint32Array(differences.length).fill(1),
    rlhfTokens: new Uint32Array(differences.length).fill(1),
  };
}

const quiet = (count: number) => new Array<number>(count).fill(0);

describe("divergentSpans", () => {
  it("finds runs of either sign, bits summed, in text order", () => {
    // Root mean square below 1, so the threshold is 1 bit: 3 - 1 and 4 - 1 join over 0.5 - 1.
    const differences = [...quiet(50), 3, 0.5, 4, ...quiet(50), -2.5, ...quiet(50)];
    expect(divergentSpans(segmentsOf(differences))).toEqual([
      { start: 50, endExclusive: 53, bits: 7.5 },
      { start: 103, endExclusive: 104, bits: -2.5 },
    ]);
  });

  it("does not join runs over more than they gain", () => {
    const differences = [...quiet(50), 3, 0, 0, 0, 3, ...quiet(50)];
    expect(divergentSpans(segmentsOf(differences)).map(({ start }) => start)).toEqual([50, 54]);
  });

  it("leaves out a single segment below twice the threshold", () => {
    expect(divergentSpans(segmentsOf([...quiet(20), 1.99, ...quiet(20)]))).toEqual([]);
  });

  it("shows what stands out where the models differ throughout", () => {
    const differences = new Array<number>(200).fill(3);
    differences[100] = 12;
    expect(divergentSpans(segmentsOf(differences))).toEqual([
      { start: 100, endExclusive: 101, bits: 12 },
    ]);
  });

  it("ends a run where text was not scored", () => {
    const left = segmentsOf([...quiet(40), 3]);
    const right = segmentsOf([3, ...quiet(40)], 60);
    const joined: Segments = {
      count: left.count + right.count,
      start: Uint32Array.of(...left.start, ...right.start),
      endExclusive: Uint32Array.of(...left.endExclusive, ...right.endExclusive),
      base: Float64Array.of(...left.base, ...right.base),
      rlhf: Float64Array.of(...left.rlhf, ...right.rlhf),
      baseTokens: Uint32Array.of(...left.baseTokens, ...right.baseTokens),
      rlhfTokens: Uint32Array.of(...left.rlhfTokens, ...right.rlhfTokens),
    };
    expect(divergentSpans(joined).map(({ bits }) => bits)).toEqual([3, 3]);
  });

  it("gives disjoint spans in order, and the best run of all among them", () => {
    const difference = fc.double({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(fc.array(difference, { maxLength: 40 }), (differences) => {
        const spans = divergentSpans(segmentsOf(differences));
        for (const [i, span] of spans.entries()) {
          expect(span.start).toBeGreaterThanOrEqual(spans[i - 1]?.endExclusive ?? 0);
          expect(span.endExclusive).toBeGreaterThan(span.start);
        }
        const { score, threshold } = bestRun(differences);
        // On the border the last digit decides, and the two ways of adding differ in it.
        fc.pre(Math.abs(score - threshold) > 1e-9);
        if (score < threshold) expect(spans).toEqual([]);
        else {
          const scores = spans.map(
            ({ bits, start, endExclusive }) => Math.abs(bits) - threshold * (endExclusive - start),
          );
          expect(Math.max(...scores)).toBeCloseTo(score, 9);
        }
      }),
    );
  });
});

/** By trying every run: the highest score of either sign. */
function bestRun(differences: readonly number[]): { score: number; threshold: number } {
  const meanSquare =
    differences.reduce((sum, d) => sum + d * d, 0) / Math.max(1, differences.length);
  const threshold = Math.max(1, Math.sqrt(meanSquare));
  let best = 0;
  for (const sign of [1, -1]) {
    for (let first = 0; first < differences.length; first++) {
      let score = 0;
      for (const d of differences.slice(first)) {
        score += sign * d - threshold;
        best = Math.max(best, score);
      }
    }
  }
  return { score: best, threshold };
}

describe("spans", () => {
  const spans = [
    { start: 10, endExclusive: 12, bits: 3 },
    { start: 20, endExclusive: 21, bits: -9 },
    { start: 30, endExclusive: 34, bits: 5 },
  ];

  it("are ranked by absolute difference", () => {
    expect(mostDivergent(spans, 2).map(({ bits }) => bits)).toEqual([-9, 5]);
  });

  it("can be walked in both directions, round the end", () => {
    expect(neighbouringSpan(spans, 10, "next")?.start).toBe(20);
    expect(neighbouringSpan(spans, 30, "next")?.start).toBe(10);
    expect(neighbouringSpan(spans, 20, "previous")?.start).toBe(10);
    expect(neighbouringSpan(spans, 10, "previous")?.start).toBe(30);
    expect(neighbouringSpan([], 10, "next")).toBeNull();
  });
});
