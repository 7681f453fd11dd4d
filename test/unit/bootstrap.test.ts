import { describe, expect, it } from "vitest";
import { blockInterval, documentInterval } from "../../src/analysis/statistics/bootstrap";
import { Cells, MOST_CELLS } from "../../src/analysis/statistics/cells";
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

/** A text of such values, each of one thing unless `counts` says otherwise. */
function textOf(sums: readonly number[], counts = sums.map(() => 1)) {
  return { length: sums.length, cellSize: 1, sums, counts };
}

/** The interval of one text's values. */
function intervalOf(sums: readonly number[]) {
  return blockInterval([textOf(sums)]);
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
    const { value, low, high } = blockInterval([textOf(sums, counts)])!;
    expect(value).toBeCloseTo(sums.reduce((a, b) => a + b, 0) / 600, 12);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    // Where every sum is the same per thing, so is every draw.
    const even = blockInterval([
      textOf(
        counts.map((count) => 3 * count),
        counts,
      ),
    ])!;
    expect([even.value, even.low, even.high].map((mean) => Math.round(mean * 1e9) / 1e9)).toEqual([
      3, 3, 3,
    ]);
  });

  it("draws within each of several texts: what sets them apart widens nothing", () => {
    const texts = [0, 100].map((level, seed) =>
      textOf(normals(400, seed + 1).map((value) => level + value)),
    );
    const { value, low, high } = blockInterval(texts)!;
    expect(value).toBeGreaterThan(49);
    expect(value).toBeLessThan(51);
    expect(high - low).toBeLessThan(1);
    expect(blockInterval([textOf([1]), texts[0]!])).not.toBeNull();
    expect(blockInterval([textOf([1]), textOf([2])])).toBeNull();
  });
});

describe("Cells", () => {
  it("keeps every value of a text that is not long", () => {
    const cells = new Cells();
    cells.add(3, 1);
    cells.add(5, 2);
    expect(cells.value()).toEqual({
      length: 2,
      cellSize: 1,
      sums: Float64Array.of(3, 5),
      counts: Float64Array.of(1, 2),
    });
  });

  it("takes no more memory for a longer one, and gives the same interval but for the borders of blocks", () => {
    const values = normals(4 * MOST_CELLS + 1, 11);
    const cells = new Cells();
    for (const value of values) cells.add(value, 1);
    const pooled = cells.value();
    expect(pooled).toMatchObject({ length: values.length, cellSize: 8 });
    expect(pooled.sums.length).toBe(Math.ceil(values.length / 8));
    expect(pooled.counts[0]).toBe(8);
    expect(pooled.counts[pooled.counts.length - 1]).toBe(1);
    const whole = intervalOf(values)!;
    const interval = blockInterval([pooled])!;
    expect(interval.value).toBeCloseTo(whole.value, 12);
    const ratio = (interval.high - interval.low) / (whole.high - whole.low);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
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
