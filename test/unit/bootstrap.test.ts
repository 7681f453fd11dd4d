import { describe, expect, it } from "vitest";
import { blockInterval, documentInterval } from "../../src/analysis/statistics/bootstrap";
import { seededRandom } from "../../src/analysis/statistics/random";

/** Sums of twelve uniform numbers, less six: near enough to a standard normal variable. */
function normals(count: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random();
    return sum;
  });
}

/** The interval of one text's values. */
function intervalOf(sums: readonly number[]) {
  return blockInterval([{ sums, counts: null }]);
}

describe("blockInterval", () => {
  it("is as wide as theory says for independent values", () => {
    const values = normals(6400, 5);
    const interval = intervalOf(values)!;
    const halfWidth = (interval.high - interval.low) / 2;
    // 1.96 sd / sqrt(n), within the bootstrap's own error with 100 blocks.
    expect(halfWidth / (1.96 / Math.sqrt(6400))).toBeGreaterThan(0.8);
    expect(halfWidth / (1.96 / Math.sqrt(6400))).toBeLessThan(1.2);
  });

  it("is wider where neighbours are alike, as the plain bootstrap would not see", () => {
    const independent = normals(6400, 7);
    const alike = independent.map((_, i) => independent[Math.floor(i / 32)]!);
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    expect(width(intervalOf(alike)!)).toBeGreaterThan(3 * width(intervalOf(independent)!));
  });

  it("covers the true mean about 19 times in 20", () => {
    const covered = Array.from({ length: 100 }, (_, seed) => {
      const { low, high } = intervalOf(normals(640, seed + 1))!;
      return low <= 0 && high >= 0;
    }).filter(Boolean).length;
    // 640 values are ten blocks: a percentile interval from ten blocks is known to be narrow.
    expect(covered).toBeGreaterThan(80);
  });

  it("is the same at every run, and holds the mean", () => {
    const values = normals(300, 3);
    const interval = intervalOf(values)!;
    expect(intervalOf(values)).toEqual(interval);
    expect(interval.value).toBeCloseTo(values.reduce((sum, v) => sum + v, 0) / 300, 12);
    expect(interval.low).toBeLessThan(interval.value);
    expect(interval.high).toBeGreaterThan(interval.value);
  });

  it("has no width for equal values and no interval for one", () => {
    expect(intervalOf(new Array<number>(100).fill(2))).toEqual({ value: 2, low: 2, high: 2 });
    expect(intervalOf([1])).toBeNull();
  });

  it("is of the mean over what the values are sums of", () => {
    const counts = Array.from({ length: 300 }, (_, i) => 1 + (i % 3));
    const sums = normals(300, 4).map((value, i) => value * counts[i]! + 5 * counts[i]!);
    const { value, low, high } = blockInterval([{ sums, counts }])!;
    expect(value).toBeCloseTo(sums.reduce((a, b) => a + b, 0) / 600, 12);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    // Where every sum is the same per thing, so is every draw.
    const even = blockInterval([{ sums: counts.map((count) => 3 * count), counts }])!;
    expect([even.value, even.low, even.high].map((mean) => Math.round(mean * 1e9) / 1e9)).toEqual([
      3, 3, 3,
    ]);
  });

  it("draws within each of several texts: what sets them apart widens nothing", () => {
    const texts = [0, 100].map((level, seed) => ({
      sums: normals(400, seed + 1).map((value) => level + value),
      counts: null,
    }));
    const { value, low, high } = blockInterval(texts)!;
    expect(value).toBeGreaterThan(49);
    expect(value).toBeLessThan(51);
    expect(high - low).toBeLessThan(1);
    expect(blockInterval([{ sums: [1], counts: null }, texts[0]!])).not.toBeNull();
    expect(
      blockInterval([
        { sums: [1], counts: null },
        { sums: [2], counts: null },
      ]),
    ).toBeNull();
  });
});

describe("documentInterval", () => {
  it("draws whole documents", () => {
    const interval = documentInterval([
      { sum: 10, count: 10 },
      { sum: 30, count: 10 },
    ])!;
    // Four equally likely draws of two: means 1, 2, 2, 3.
    expect(interval).toEqual({ value: 2, low: 1, high: 3 });
  });

  it("needs two documents", () => {
    expect(
      documentInterval([
        { sum: 1, count: 5 },
        { sum: 0, count: 0 },
      ]),
    ).toBeNull();
  });
});
