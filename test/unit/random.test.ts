import { describe, expect, it } from "vitest";
import {
  sampleGenerator,
  seededRandom,
  type Generator,
} from "../../src/analysis/statistics/random";

const first = (random: Generator) => Array.from({ length: 4096 }, random);

describe.each([
  ["seededRandom", (seed: number) => seededRandom(seed)],
  ["sampleGenerator", (seed: number) => sampleGenerator(1, seed)],
])("%s", (_, generator) => {
  it("gives the same numbers for the same seed, others for another", () => {
    expect(first(generator(7))).toEqual(first(generator(7)));
    expect(first(generator(7))[0]).not.toBe(first(generator(8))[0]);
  });

  it("is uniform in [0, 1)", () => {
    const counts = new Array<number>(16).fill(0);
    for (const value of first(generator(3))) counts[Math.floor(value * 16)]!++;
    // 256 expected in each; the chi-square statistic of 15 degrees of freedom passes 37.7 once in a thousand.
    expect(counts.reduce((sum, n) => sum + (n - 256) ** 2 / 256, 0)).toBeLessThan(37.7);
  });
});

it("shares nothing between neighbouring samples", () => {
  const [a, b] = [first(sampleGenerator(1, 0)), first(sampleGenerator(1, 1))];
  const covariance = a.reduce((sum, value, i) => sum + (value - 0.5) * (b[i]! - 0.5), 0) / a.length;
  // Standard error of the correlation: 1 / sqrt(4096).
  expect(Math.abs(covariance * 12)).toBeLessThan(4 / 64);
});
