import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bucketOf,
  differenceBucket,
  rankBucket,
  surprisalBucket,
} from "../../src/analysis/scores/buckets";

describe("buckets", () => {
  it("count the thresholds of surprisal", () => {
    expect([0, 0.99, 1, 3.9, 4, 7.9, 8, 12, 40, Infinity].map(surprisalBucket)).toEqual([
      0, 0, 1, 2, 3, 3, 4, 5, 5, 5,
    ]);
  });

  it("diverge for differences and have no negative zero", () => {
    expect([-9, -5, -2, -0.5, -0.4, 0, 0.5, 2, 5].map(differenceBucket)).toEqual([
      -3, -3, -2, -1, 0, 0, 1, 2, 3,
    ]);
  });

  it("cut ranks at 1, 10, 100", () => {
    expect([1, 2, 10, 11, 100, 101, 200000].map(rankBucket)).toEqual([0, 1, 1, 2, 2, 3, 3]);
  });

  it("are none for what is not scored", () => {
    expect([bucketOf("base", NaN), bucketOf("difference", NaN), bucketOf("rank", 0)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("are the same for a value before and after its trip as a 32-bit float", () => {
    const views = fc.constantFrom("base", "rlhf", "difference", "rank", "baseRank");
    fc.assert(
      fc.property(views, fc.double({ min: 0, max: 20, noNaN: true }), (view, value) => {
        expect(bucketOf(view, Math.fround(value))).toBe(bucketOf(view, value));
      }),
    );
    const nearlyFour = 4 - 1e-12;
    expect(surprisalBucket(nearlyFour)).toBe(surprisalBucket(Math.fround(nearlyFour)));
  });
});
