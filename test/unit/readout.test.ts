import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONCENTRATION_SCALE } from "../../src/protocol/scores";
import type { RowScores } from "../support/readoutOracle";
import { reduceByOracle } from "../support/readoutOracle";
import { unscoredDistributions, sliceDistributions } from "../../src/engine/distributions";
import { createReadout, MAX_TOP_K, rowsPerBlock } from "../../src/engine/child/readout/readout";
import { readoutWasm } from "../support/readoutWasm";
import { seededRandom } from "../../src/analysis/statistics/random";
import { normals } from "../support/random";

const wasm = new WebAssembly.Module(readoutWasm());

describe("readout of one row", () => {
  for (const [name, logits] of Object.entries(rows())) {
    it(`agrees with the oracle: ${name}`, () => {
      const token = logits.length >> 1;
      expectScores(reduce(logits, token, 20), reduceByOracle(logits, token, 20));
    });
  }

  it("agrees with the oracle on any small row", () => {
    fc.assert(
      fc.property(
        fc.array(anyLogit(), { minLength: 2, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 0, max: MAX_TOP_K }),
        (logits, place, topK) => {
          const token = place % logits.length;
          const row = Float32Array.from(logits);
          expectScores(reduce(row, token, topK), reduceByOracle(row, token, topK));
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  it("reads a log-probability alone as it does beside the rest, to the last bit", () => {
    const rows = fc.array(anyLogit(), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(rows, fc.nat(), (logits, place) => {
        const token = place % logits.length;
        const readout = createReadout(wasm, logits.length, 1);
        readout.rows.set(logits);
        const alone = { logProbability: new Float64Array(1), distribution: null };
        readout.reduce(0, token, alone, 0);
        const whole = reduce(Float32Array.from(logits), token, 3);
        expect(alone.logProbability[0]).toBe(whole.logProbability);
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it("ranks the largest logit first, and keeps every quantity in its range", () => {
    fc.assert(
      fc.property(anyRow(), ({ logits }) => {
        const best = logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));
        const scores = reduce(logits, best, 1);
        expect(scores.rank).toBe(1);
        expect(scores.topId).toEqual([best]);
        expect(scores.logProbability).toBeLessThanOrEqual(0);
        expect(scores.entropy).toBeGreaterThanOrEqual(0);
        expect(scores.entropy).toBeLessThanOrEqual(Math.log(logits.length) + 1e-6);
        const rising = [...scores.concentration].sort((a, b) => a - b);
        expect(scores.concentration).toEqual(rising);
        expect(scores.concentration.at(-1)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it("does not change when all logits move by the same amount", () => {
    fc.assert(
      fc.property(anyRow(), fc.integer({ min: -64, max: 64 }), ({ logits, token }, shift) => {
        // Logits that are multiples of 2^-12 stay exact when shifted.
        const exact = logits.map((logit) => Math.round(logit * 4096) / 4096);
        const moved = exact.map((logit) => logit + shift);
        expect(reduce(moved, token, 5)).toEqual(reduce(exact, token, 5));
      }),
      { numRuns: 25, seed: 3 },
    );
  });

  it("reads a row without a number above -Infinity as not scored", () => {
    for (const value of [-Infinity, NaN]) {
      const scores = reduce(new Float32Array(70).fill(value), 3, 2);
      expect(scores).toMatchObject({ logProbability: NaN, rank: 0, entropy: NaN, coverage: 0 });
      expect(scores.topId).toEqual([-1, -1]);
      expect(Math.max(...scores.concentration)).toBe(0);
    }
  });

  it("keeps a confident token's surprisal to six digits", () => {
    const logits = new Float32Array(1000).fill(-20);
    logits[7] = 0;
    const exact = -Math.log1p(999 * Math.exp(-20));
    expect(Math.abs(reduce(logits, 7, 0).logProbability / exact - 1)).toBeLessThan(1e-6);
  });
});

describe("summed probability of chosen entries", () => {
  it("agrees with a sum in 64 bits, however small it is", () => {
    const rows = fc.array(fc.tuple(anyLogit(), fc.boolean()), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(rows, fc.integer({ min: -90, max: 0 }), fc.boolean(), (entries, shift, alone) => {
        const members = Uint8Array.from(entries, ([, isMember]) => Number(isMember));
        const logits = Float32Array.from(entries, ([logit], id) => logit + shift * members[id]!);
        const expected = logOfSum(logits, members);
        const actual = summed(logits, members, alone);
        if (Number.isFinite(expected)) {
          expect(Math.abs(actual - expected)).toBeLessThan(1e-6 * Math.max(1, -expected));
        } else expect(actual).toBe(expected);
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  it("is that of a large vocabulary, and changes with the choice", () => {
    const logits = normals(151_936, 3, seededRandom(6));
    for (const every of [2, 3, 1000]) {
      const members = Uint8Array.from(logits, (_, id) => Number(id % every === 0));
      expect(summed(logits, members, false)).toBeCloseTo(logOfSum(logits, members), 6);
    }
  });

  it("is nothing for none, everything for all, and no number where there is no distribution", () => {
    const logits = normals(300, 1, seededRandom(7));
    expect(summed(logits, new Uint8Array(300), true)).toBe(-Infinity);
    expect(summed(logits, new Uint8Array(300).fill(1), true)).toBeCloseTo(0, 12);
    const nothing = new Float32Array(300).fill(-Infinity);
    expect(summed(nothing, new Uint8Array(300).fill(1), true)).toBe(NaN);
  });
});

describe("readout of a block", () => {
  it("reads rows that follow one another without gaps, in any order", () => {
    const size = 101;
    const random = seededRandom(5);
    const readout = createReadout(wasm, size, 4);
    const rows = Array.from({ length: 4 }, () => normals(size, 2, random));
    rows.forEach((row, i) => readout.rows.set(row, i * size));
    const columns = makeColumns(4, 3);
    for (const row of [2, 0, 3, 1]) readout.reduce(row, row, columns, row);
    rows.forEach((row, i) => expectScores(scoresAt(columns, i), reduceByOracle(row, i, 3)));
  });

  it("refuses a row, a token or a number of alternatives that is out of range", () => {
    const readout = createReadout(wasm, 10, 1);
    const columns = makeColumns(1, 0);
    expect(() => readout.reduce(1, 0, columns, 0)).toThrow(RangeError);
    expect(() => readout.reduce(0, 10, columns, 0)).toThrow(RangeError);
    expect(() => readout.reduce(0, -1, columns, 0)).toThrow(RangeError);
    expect(() => readout.reduce(0, 0, makeColumns(1, MAX_TOP_K + 1), 0)).toThrow(RangeError);
  });

  it("holds at least one row", () => {
    expect(rowsPerBlock(262_144)).toBe(1);
    expect(rowsPerBlock(4096)).toBe(32);
  });
});

/** Rows of every shape that has its own path or limit in the kernel. */
function rows(): Record<string, Float32Array> {
  const random = seededRandom(11);
  const normal = (size: number, deviation: number) => normals(size, deviation, random);
  const changed = (row: Float32Array, changes: Record<number, number>) => {
    for (const [id, logit] of Object.entries(changes)) row[Number(id)] = logit;
    return row;
  };
  return {
    "two entries": Float32Array.of(0.25, -1),
    "one block": normal(64, 1),
    "a block and one": normal(65, 1),
    "4,096 flat": normal(4096, 0.1),
    "4,096 peaked": normal(4096, 3),
    "50,257 normal": normal(50_257, 1),
    "262,144 wide": normal(262_144, 2.5),
    "all equal": new Float32Array(12_345).fill(-7.5),
    "nearly equal": normal(20_000, 1e-4),
    "many ties": normal(12_000, 1).map((logit) => Math.round(logit)),
    "ties at the top": changed(normal(500, 1), { 3: 9, 77: 9, 78: 9, 400: 9 }),
    "one-hot": changed(new Float32Array(5000).fill(-1000), { 4321: 1000 }),
    "one finite": changed(new Float32Array(300).fill(-Infinity), { 150: 2 }),
    "half -Infinity": normal(3000, 1).map((logit, id) => (id % 2 ? logit : -Infinity)),
    "largest differences": Float32Array.of(3.4e38, -3.4e38, 0, 1, -1, 3.4e38),
    "NaN and +Infinity": changed(normal(200, 1), { 5: NaN, 100: Infinity, 199: NaN, 7: Infinity }),
    rising: Float32Array.from({ length: 30_000 }, (_, id) => id / 1000),
    falling: Float32Array.from({ length: 30_000 }, (_, id) => -id / 1000),
    "neighbours in the last bit": Float32Array.from(
      { length: 3000 },
      (_, id) => 8 + ((id * 7919) % 3000) * 2 ** -20,
    ),
    "below the floor": changed(new Float32Array(150_000).fill(-34), { 0: 0, 130_000: -5 }),
  };
}

function anyRow(): fc.Arbitrary<{ logits: Float32Array; token: number }> {
  return fc
    .record({
      size: fc.integer({ min: 2, max: 3000 }),
      deviation: fc.constantFrom(0.01, 0.3, 1, 3, 10),
      seed: fc.nat(),
    })
    .map(({ size, deviation, seed }) => ({
      logits: normals(size, deviation, seededRandom(seed)),
      token: seed % size,
    }));
}

function anyLogit() {
  return fc.oneof(
    fc.float({ min: -30, max: 30, noNaN: true }),
    fc.constantFrom(0, -0, 1, 1, -Infinity, Infinity, NaN, -3e38, 3e38, 1e-45),
  );
}

function reduce(logits: Float32Array, token: number, topK: number): RowScores {
  const readout = createReadout(wasm, logits.length, 1);
  readout.rows.set(logits);
  const columns = makeColumns(1, topK);
  readout.reduce(0, token, columns, 0);
  return scoresAt(columns, 0);
}

/** ln of the summed probability of `members`, read beside a log-probability alone or beside the whole distribution. */
function summed(logits: Float32Array, members: Uint8Array, alone: boolean): number {
  const readout = createReadout(wasm, logits.length, 1);
  readout.rows.set(logits);
  readout.sumOver(members);
  const boundary = new Float64Array(1);
  const columns = { ...makeColumns(1, 1), boundary };
  readout.reduce(0, 0, alone ? { ...columns, distribution: null } : columns, 0);
  return boundary[0]!;
}

/** The same by the definition; NaN counts as -Infinity, +Infinity as the largest finite number. */
function logOfSum(logits: Float32Array, members: Uint8Array): number {
  const row = Float64Array.from(logits, (logit) =>
    Number.isNaN(logit) ? -Infinity : Math.min(logit, 3.4028234663852886e38),
  );
  const most = (of: Float64Array) => of.reduce((a, b) => Math.max(a, b), -Infinity);
  const mass = (of: Float64Array) => {
    const largest = most(of);
    return of.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
  };
  const wanted = row.filter((_, id) => members[id] === 1);
  if (most(row) === -Infinity) return NaN;
  if (most(wanted) === -Infinity) return -Infinity;
  return most(wanted) - most(row) + Math.log(mass(wanted) / mass(row));
}

function makeColumns(count: number, topK: number) {
  return {
    logProbability: new Float64Array(count),
    distribution: unscoredDistributions(count, topK),
  };
}

function scoresAt(columns: ReturnType<typeof makeColumns>, index: number): RowScores {
  const { rank, entropy, coverage, concentration, topId, topLogProbability } = sliceDistributions(
    columns.distribution,
    { start: index, endExclusive: index + 1 },
  );
  return {
    logProbability: columns.logProbability[index]!,
    rank: rank[0]!,
    entropy: entropy[0]!,
    coverage: coverage[0]!,
    concentration: Array.from(concentration, (mass) => mass / CONCENTRATION_SCALE),
    topId: [...topId],
    topLogProbability: [...topLogProbability],
  };
}

function expectScores(actual: RowScores, expected: RowScores): void {
  expect(actual.rank).toBe(expected.rank);
  expect(actual.coverage).toBe(expected.coverage);
  expect(actual.topId).toEqual(expected.topId);
  expectNear([actual.logProbability], [expected.logProbability], 3e-7);
  expectNear([actual.entropy], [expected.entropy], 3e-7);
  expectNear(actual.topLogProbability, expected.topLogProbability.map(Math.fround), 3e-7);
  // A C(k) is exact to half a step of 16 bits before it is rounded to them.
  actual.concentration.forEach((mass, j) =>
    expect(Math.abs(mass - expected.concentration[j]!)).toBeLessThanOrEqual(1.001 / 65535),
  );
}

/** Equal up to a relative error, or the same absolute one where the value is below 1. */
function expectNear(actual: readonly number[], expected: readonly number[], error: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    const other = expected[i]!;
    if (!Number.isFinite(other)) expect(value).toBe(other);
    else expect(Math.abs(value - other)).toBeLessThanOrEqual(error * Math.max(1, Math.abs(other)));
  });
}
