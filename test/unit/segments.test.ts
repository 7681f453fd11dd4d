import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SegmentStream } from "../../src/analysis/text/segmentStream";
import { cutSegments, differences, segmentsIn } from "../../src/analysis/text/segments";
import { arbitraryTokens, partOf, tokensOf, untidyTokens } from "../support/tokens";

/** Segments as rows `[start, endExclusive, base bits, RLHF bits]`. */
function rows(segments: ReturnType<typeof cutSegments>): number[][] {
  return Array.from({ length: segments.count }, (_, i) => [
    segments.start[i]!,
    segments.endExclusive[i]!,
    Math.round(segments.base[i]! * 1e9) / 1e9,
    Math.round(segments.rlhf[i]! * 1e9) / 1e9,
  ]);
}

describe("cutSegments", () => {
  it("cuts where both tokenizations have a token's end", () => {
    // "unhappily": base un|happi|ly, RLHF un|hap|pily.
    const base = tokensOf([0, 2, 1], [2, 7, 2], [7, 9, 3]);
    const rlhf = tokensOf([0, 2, 4], [2, 5, 5], [5, 9, 6]);
    expect(rows(cutSegments(base, rlhf))).toEqual([
      [0, 2, 1, 4],
      [2, 9, 5, 11],
    ]);
  });

  it("is the token where the tokenizer is the same", () => {
    const base = tokensOf([0, 2, 1], [2, 5, 2]);
    const rlhf = tokensOf([0, 2, 3], [2, 5, 0.5]);
    expect(rows(cutSegments(base, rlhf))).toEqual([
      [0, 2, 1, 3],
      [2, 5, 2, 0.5],
    ]);
  });

  it("never cuts inside a character that tokens share", () => {
    // A letter with half an emoji, then the other half.
    const base = tokensOf([0, 3, 1], [1, 3, 2], [3, 4, 1]);
    expect(rows(cutSegments(base, tokensOf([0, 1, 1], [1, 3, 1], [3, 4, 1])))).toEqual([
      [0, 3, 3, 2],
      [3, 4, 1, 1],
    ]);
  });

  it("gives an added blank's bits to the text behind it", () => {
    const base = tokensOf([0, 0, 0.5], [0, 2, 1], [2, 2, 0.25], [2, 4, 1]);
    expect(rows(cutSegments(base, tokensOf([0, 2, 1], [2, 4, 1])))).toEqual([
      [0, 2, 1.5, 1],
      [2, 4, 1.25, 1],
    ]);
    expect([...cutSegments(base, base).baseTokens]).toEqual([2, 2]);
  });

  it("leaves out text behind an added blank that only one of them scored", () => {
    const base = tokensOf([0, 0, 0.5], [0, 2, 1], [2, 4, 1]);
    const rlhf = tokensOf([0, 0, null], [0, 2, 1], [2, 4, 1]);
    expect(rows(cutSegments(base, rlhf))).toEqual([[2, 4, 1, 1]]);
    expect(rows(cutSegments(rlhf, rlhf))).toEqual([
      [0, 2, 1, 1],
      [2, 4, 1, 1],
    ]);
  });

  it("leaves out what one of the models did not score", () => {
    const base = tokensOf([0, 2, null], [2, 4, 1], [4, 6, 1], [6, 7, 1]);
    const rlhf = tokensOf([0, 2, 1], [2, 4, 1], [4, 5, null], [5, 7, 1]);
    expect(rows(cutSegments(base, rlhf))).toEqual([[2, 4, 1, 1]]);
  });

  it("leaves out what only one of them tokenized", () => {
    const base = tokensOf([0, 2, 1], [2, 4, 1]);
    expect(rows(cutSegments(base, tokensOf([0, 2, 1])))).toEqual([[0, 2, 1, 1]]);
    expect(cutSegments(base, tokensOf()).count).toBe(0);
    // A prompt that stands before, and a character without a token.
    const more = tokensOf([0, 2, 9], [2, 4, 1], [4, 5, 9], [5, 7, 2]);
    expect(rows(cutSegments(more, tokensOf([2, 4, 3], [5, 7, 4])))).toEqual([
      [2, 4, 1, 3],
      [5, 7, 2, 4],
    ]);
  });

  it("loses no bit and cuts at common ends only, whatever the tokenizations", () => {
    fc.assert(
      fc.property(arbitraryTokens(24), arbitraryTokens(24), (base, rlhf) => {
        const segments = cutSegments(base, rlhf);
        const ends = new Set(Array.from(base.endExclusive));
        const common = Array.from(rlhf.endExclusive).filter((end) => ends.has(end));
        for (let i = 0; i < segments.count; i++) {
          expect(common).toContain(segments.endExclusive[i]);
          const inside = (tokens: typeof base) =>
            Array.from(tokens.logProbability).filter(
              (_, t) =>
                tokens.start[t]! >= segments.start[i]! &&
                tokens.endExclusive[t]! <= segments.endExclusive[i]!,
            );
          const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
          expect(segments.base[i]).toBeCloseTo(-sum(inside(base)) / Math.LN2, 9);
          expect(segments.rlhf[i]).toBeCloseTo(-sum(inside(rlhf)) / Math.LN2, 9);
        }
      }),
    );
  });
});

describe("SegmentStream", () => {
  it("cuts what comes in parts as it cuts the whole", () => {
    const lengths = fc.array(
      fc.tuple(fc.constantFrom("base", "rlhf"), fc.integer({ min: 0, max: 9 })),
    );
    fc.assert(
      fc.property(untidyTokens(40), untidyTokens(40), lengths, (base, rlhf, parts) => {
        const stream = new SegmentStream();
        const done = { base: 0, rlhf: 0 };
        const found: ReturnType<typeof rows> = [];
        const add = (side: "base" | "rlhf", length: number) => {
          const tokens = side === "base" ? base : rlhf;
          found.push(...rows(stream.add(side, partOf(tokens, done[side], done[side] + length))));
          done[side] += length;
        };
        for (const [side, length] of parts) add(side, length);
        add("rlhf", Infinity);
        add("base", Infinity);
        found.push(...rows(stream.end()));
        expect(found).toEqual(rows(cutSegments(base, rlhf)));
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps no tokens that both models have", () => {
    const stream = new SegmentStream();
    const tokens = tokensOf([0, 2, 1], [2, 4, 2], [4, 6, 3]);
    expect(stream.add("base", tokens).count).toBe(0);
    // The last one may yet share its characters with the next.
    expect(stream.add("rlhf", tokens).count).toBe(2);
    expect(stream.end().count).toBe(1);
  });
});

describe("segments", () => {
  const segments = cutSegments(
    tokensOf([0, 2, 1], [2, 4, 2], [4, 6, 3]),
    tokensOf([0, 2, 1], [2, 4, 4], [4, 6, 1]),
  );

  it("differ by RLHF minus base", () => {
    expect([...differences(segments)].map(Math.round)).toEqual([0, 2, -2]);
  });

  it("can be narrowed to those that overlap a range", () => {
    expect(rows(segmentsIn(segments, { start: 3, endExclusive: 5 }))).toEqual([
      [2, 4, 2, 4],
      [4, 6, 3, 1],
    ]);
    expect(segmentsIn(segments, { start: 6, endExclusive: 6 }).count).toBe(0);
  });
});
