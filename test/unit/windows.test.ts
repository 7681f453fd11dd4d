import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compatibleWindows, stridedWindows } from "../../src/engine/windows";

describe("strided windows", () => {
  it("scores all of the first window, then a stride at a time after room - stride tokens of context", () => {
    // W = 8 with BOS: 7 tokens fit; S = 4.
    expect(stridedWindows(13, 7, 4)).toEqual([
      { start: 0, scoredStart: 0, endExclusive: 7 },
      { start: 4, scoredStart: 7, endExclusive: 11 },
      { start: 8, scoredStart: 11, endExclusive: 13 },
    ]);
  });

  it("needs no window for no tokens", () => {
    expect(stridedWindows(0, 7, 4)).toEqual([]);
  });

  it("scores every token once, in order, with as much context as fits", () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 2, max: 600 }), fc.nat(), (tokens, room, n) => {
        const stride = 1 + (n % room);
        let scored = 0;
        for (const window of stridedWindows(tokens, room, stride)) {
          expect(window.scoredStart).toBe(scored);
          expect(window.endExclusive - window.start).toBeLessThanOrEqual(room);
          if (scored > 0) expect(window.scoredStart - window.start).toBe(room - stride);
          scored = window.endExclusive;
        }
        expect(scored).toBe(tokens);
      }),
    );
  });
});

describe("llama.cpp-compatible windows", () => {
  it("replaces each window's first token by BOS and scores positions W/2 + 1 .. W - 1", () => {
    // 17 tokens with BOS, W = 8: two windows, positions 5, 6, 7 of each. Position p of window i is text token 8i + p - 1.
    expect(compatibleWindows(16, 8, true)).toEqual([
      { start: 0, scoredStart: 4, endExclusive: 7 },
      { start: 8, scoredStart: 12, endExclusive: 15 },
    ]);
  });

  it("keeps the first token where the vocabulary adds no BOS", () => {
    expect(compatibleWindows(16, 8, false)).toEqual([
      { start: 0, scoredStart: 5, endExclusive: 8 },
      { start: 8, scoredStart: 13, endExclusive: 16 },
    ]);
  });
});
