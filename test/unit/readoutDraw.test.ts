import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SamplerSettings } from "../../src/engine/engine";
import { sampleGenerator, seededRandom } from "../../src/analysis/statistics/random";
import { reduceByOracle } from "../support/readoutOracle";
import { createReadout } from "../../src/engine/child/readout/readout";
import { Continuation } from "../../src/engine/child/llama/continuation";
import { drawingPolicy } from "../../src/engine/child/llama/policy";
import { truncatedDistribution } from "../support/samplerOracle";
import { normals } from "../support/random";
import { readoutWasm } from "../support/readoutWasm";

const wasm = new WebAssembly.Module(readoutWasm());

/** Nothing truncated. */
const PLAIN: SamplerSettings = { temperature: 1, topK: 0, topP: 1, minP: 0 };

describe("draw from one row", () => {
  it("inverts the running sum of the truncated distribution, in the order of ids", () => {
    fc.assert(
      fc.property(anyRow(), anySettings(), (row, settings) => {
        const draw = drawer(row, settings);
        const probability = truncatedDistribution(Float64Array.from(row), settings);
        let before = 0;
        for (const [id, p] of probability.entries()) {
          // Within the entry's share of [0, 1), off its ends by more than 32-bit exponentials are.
          if (p > 1e-5) expect([draw(before + 3e-6), draw(before + p - 3e-6)]).toEqual([id, id]);
          before += p;
        }
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it("is distributed as the truncated distribution (chi-square)", () => {
    const row = normals(500, 2, seededRandom(1));
    for (const [i, settings] of [
      { ...PLAIN, topP: 0.9 },
      { ...PLAIN, temperature: 0.7, topK: 40 },
      { ...PLAIN, temperature: 1.5, topK: 200, topP: 0.7, minP: 0.02 },
      PLAIN,
    ].entries()) {
      const probability = truncatedDistribution(Float64Array.from(row), settings);
      const { statistic, degrees } = chiSquare(row, settings, probability, 5_000, i);
      // The 99.9 % point, by Wilson and Hilferty's approximation.
      const limit = degrees * (1 - 2 / (9 * degrees) + 3.09 * Math.sqrt(2 / (9 * degrees))) ** 3;
      expect(statistic).toBeLessThan(limit);
    }
  });

  it("leaves the plain scores of the drawn token, whatever truncated the row", () => {
    const row = normals(777, 2, seededRandom(2));
    const readout = createReadout(wasm, row.length, 1);
    readout.rows.set(row);
    const columns = makeColumns(3);
    for (const temperature of [0.5, 1, 2]) {
      const token = readout.draw(0, { ...PLAIN, temperature, topP: 0.8 }, 0.6, columns, 1);
      const expected = reduceByOracle(row, token, 0);
      expect(columns.logProbability[1]).toBeCloseTo(expected.logProbability, 5);
      expect(columns.entropy[1]).toBeCloseTo(expected.entropy, 5);
      expect(columns.rank[1]).toBe(expected.rank);
    }
    expect([...columns.rank].filter((rank) => rank === 0)).toHaveLength(2);
  });

  it("draws the largest logit, of equal ones the first, when one token is kept", () => {
    const row = normals(4500, 0.01, seededRandom(3));
    row[4000] = 1;
    row[4001] = 1;
    row[17] = 1 - 2 ** -24;
    for (const settings of [
      { ...PLAIN, topK: 1 },
      { ...PLAIN, topP: 1e-9 },
      { ...PLAIN, temperature: 1e-9, topK: 1 },
    ]) {
      expect(supportOf(row, settings)).toEqual([4000]);
    }
    expect(supportOf(row, { ...PLAIN, minP: 1 })).toEqual([4000, 4001]);
    expect(supportOf(row, { ...PLAIN, topK: 3 })).toEqual([17, 4000, 4001]);
  });

  it("draws it at temperature 0, whatever else the sampler says and whatever is drawn", () => {
    const row = normals(4500, 2, seededRandom(3));
    row[4000] = row[4001] = 1 + Math.max(...row);
    const readout = createReadout(wasm, row.length, 1);
    readout.rows.set(row);
    for (const settings of [
      PLAIN,
      { topK: 40, topP: 0.9, minP: 0 },
      { topK: 0, topP: 1, minP: 1 },
    ]) {
      const choose = drawingPolicy(readout, { ...settings, temperature: 0 });
      for (let sample = 0; sample < 20; sample++) {
        expect(choose(0, new Continuation(sample, 1, 1))).toBe(4000);
      }
    }
  });

  it("keeps of equal logits the first ones", () => {
    const equal = new Float32Array(200).fill(3);
    expect(supportOf(equal, { ...PLAIN, topK: 4 })).toEqual([0, 1, 2, 3]);
    expect(supportOf(equal, { ...PLAIN, topP: 0.02 })).toEqual([0, 1, 2, 3]);
    expect(supportOf(equal, { ...PLAIN, topK: 8, topP: 0.5 })).toEqual([0, 1, 2, 3]);
    expect(supportOf(equal, { ...PLAIN, topK: 1000 })).toHaveLength(200);
  });

  it("never draws an entry of probability 0", () => {
    const row = new Float32Array(130).fill(-Infinity);
    row[128] = -5;
    expect(supportOf(row, PLAIN)).toEqual([128]);
    row[3] = NaN;
    row[64] = 3e38;
    expect(supportOf(row, PLAIN)).toEqual([64]);
    row[65] = Infinity;
    expect(supportOf(row, { ...PLAIN, topK: 5 })).toEqual([65]);
  });

  it("draws nothing from a row without a distribution", () => {
    const readout = createReadout(wasm, 9, 1);
    readout.rows.fill(-Infinity);
    const columns = makeColumns(1);
    expect(readout.draw(0, PLAIN, 0.5, columns, 0)).toBe(-1);
    expect(columns.logProbability[0]).toBeNaN();
    expect(columns.rank[0]).toBe(0);
  });

  it("draws the same for the same seed and sample, and something else for another sample", () => {
    const row = normals(2000, 1, seededRandom(6));
    const tokens = (seed: number, sample: number) => {
      const random = sampleGenerator(seed, sample);
      const draw = drawer(row, { ...PLAIN, topP: 0.9 });
      return Array.from({ length: 20 }, () => draw(random()));
    };
    expect(tokens(1, 0)).toEqual(tokens(1, 0));
    expect(tokens(1, 1)).not.toEqual(tokens(1, 0));
    expect(tokens(2, 0)).not.toEqual(tokens(1, 0));
  });
});

function anyRow(): fc.Arbitrary<Float32Array> {
  return fc
    .record({
      size: fc.integer({ min: 2, max: 150 }),
      deviation: fc.constantFrom(0, 0.001, 0.5, 2, 6),
      step: fc.constantFrom(0, 0.5),
      seed: fc.nat(),
    })
    .map(({ size, deviation, step, seed }) =>
      // With a step there are ties.
      normals(size, deviation, seededRandom(seed)).map((logit) =>
        step > 0 ? Math.round(logit / step) * step : logit,
      ),
    );
}

/** Shares of top-p and min-p that no sum of equal probabilities or ratio of the rows above hits exactly. */
function anySettings(): fc.Arbitrary<SamplerSettings> {
  return fc.record({
    temperature: fc.constantFrom(0.3, 1, 1.7),
    topK: fc.constantFrom(0, 1, 2, 7, 40, 1000),
    topP: fc.constantFrom(1e-6, 0.30303, 0.70707, 0.90909, 1),
    minP: fc.constantFrom(0, 0.012345, 0.54321),
  });
}

function drawer(row: Float32Array, settings: SamplerSettings): (uniform: number) => number {
  const readout = createReadout(wasm, row.length, 1);
  readout.rows.set(row);
  const columns = makeColumns(1);
  return (uniform) => readout.draw(0, settings, uniform, columns, 0);
}

/** Every token that some number of a fine grid draws. */
function supportOf(row: Float32Array, settings: SamplerSettings): number[] {
  const draw = drawer(row, settings);
  const tokens = Array.from({ length: 1000 }, (_, i) => draw(i / 1000));
  return [...new Set([...tokens, draw(1 - 2 ** -32)])].sort((a, b) => a - b);
}

/** Pearson's statistic of drawn against expected counts; tokens expected fewer than 5 times are pooled. */
function chiSquare(
  row: Float32Array,
  settings: SamplerSettings,
  probability: Float64Array,
  draws: number,
  sample: number,
): { statistic: number; degrees: number } {
  const random = sampleGenerator(2407, sample);
  const draw = drawer(row, settings);
  const counts = new Uint32Array(row.length);
  for (let i = 0; i < draws; i++) counts[draw(random())]!++;

  const cells: { expected: number; counted: number }[] = [];
  const pool = { expected: 0, counted: 0 };
  for (const [id, p] of probability.entries()) {
    const expected = p * draws;
    if (p === 0) expect(counts[id]).toBe(0);
    else if (expected >= 5) cells.push({ expected, counted: counts[id]! });
    else {
      pool.expected += expected;
      pool.counted += counts[id]!;
    }
  }
  if (pool.expected >= 5) cells.push(pool);
  const statistic = cells.reduce(
    (sum, { expected, counted }) => sum + (counted - expected) ** 2 / expected,
    0,
  );
  return { statistic, degrees: cells.length - 1 };
}

function makeColumns(count: number) {
  return {
    logProbability: new Float32Array(count),
    entropy: new Float32Array(count),
    rank: new Uint32Array(count),
  };
}
