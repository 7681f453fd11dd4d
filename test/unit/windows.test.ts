import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compatiblePlan,
  resolveWindows,
  stridedPlan,
  windowsOf,
} from "../../src/jobs/scoring/windows";

describe("defaults of windows", () => {
  const asked = { mode: "strided", window: 0, stride: 0, maxWindows: 3, bos: "auto" } as const;

  it("are the trained context up to 2,048 tokens, and half a window", () => {
    expect(resolveWindows(asked, 512)).toEqual({ ...asked, window: 512, stride: 256 });
    expect(resolveWindows(asked, 8192)).toEqual({ ...asked, window: 2048, stride: 1024 });
  });

  it("leave at least one token of context, and one to score", () => {
    expect(resolveWindows({ ...asked, window: 8, stride: 100 }, 512).stride).toBe(7);
    expect(resolveWindows({ ...asked, window: 1 }, 512).stride).toBe(1);
  });
});

describe("strided windows", () => {
  it("scores all of the first window, then a stride at a time after room - stride tokens of context", () => {
    // W = 8 with BOS: 7 tokens fit; S = 4.
    expect(windowsOf(stridedPlan(7, 4), 13)).toEqual([
      { start: 0, scoredStart: 0, endExclusive: 7 },
      { start: 4, scoredStart: 7, endExclusive: 11 },
      { start: 8, scoredStart: 11, endExclusive: 13 },
    ]);
  });

  it("needs no window for no tokens", () => {
    expect(windowsOf(stridedPlan(7, 4), 0)).toEqual([]);
  });

  it("scores every token once, in order, with as much context as fits", () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 2, max: 600 }), fc.nat(), (tokens, room, n) => {
        const stride = 1 + (n % room);
        let scored = 0;
        for (const window of windowsOf(stridedPlan(room, stride), tokens)) {
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
    expect(windowsOf(compatiblePlan(8, true), 16)).toEqual([
      { start: 0, scoredStart: 4, endExclusive: 7 },
      { start: 8, scoredStart: 12, endExclusive: 15 },
    ]);
  });

  it("keeps the first token where the vocabulary adds no BOS", () => {
    expect(windowsOf(compatiblePlan(8, false), 16)).toEqual([
      { start: 0, scoredStart: 5, endExclusive: 8 },
      { start: 8, scoredStart: 13, endExclusive: 16 },
    ]);
  });
});
