import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReadout, type DivergenceColumns } from "../../src/engine/child/readout/readout";
import { readoutWasm } from "../support/readoutWasm";

const wasm = new WebAssembly.Module(readoutWasm());

function columnsOf(rows: number): DivergenceColumns {
  return {
    first: new Float64Array(rows),
    second: new Float64Array(rows),
    firstTop: new Int32Array(rows),
    secondTop: new Int32Array(rows),
  };
}

function diverge(first: Float32Array, second: Float32Array) {
  const readout = createReadout(wasm, first.length, 2);
  readout.rows.set(first);
  readout.rows.set(second, first.length);
  const columns = columnsOf(1);
  const isDefined = readout.diverge(0, 1, columns, 0);
  const { first: towards, second: back, firstTop, secondTop } = columns;
  return { isDefined, towards: towards[0]!, back: back[0]!, tops: [firstTop[0], secondTop[0]] };
}

/** In 64 bits, from the definition. */
function logSoftmax(logits: Float32Array): number[] {
  const values = Array.from(logits, (logit) => (Number.isNaN(logit) ? -Infinity : logit));
  const most = Math.max(...values);
  const least = values.map((logit) => Math.max(logit - most, -87));
  const logSum = Math.log(least.reduce((sum, x) => sum + Math.exp(x), 0));
  return least.map((x) => x - logSum);
}

function expected(first: Float32Array, second: Float32Array): number {
  const [p, q] = [logSoftmax(first), logSoftmax(second)];
  return p.reduce((sum, log, i) => sum + Math.exp(log) * (log - q[i]!), 0);
}

const logits = fc.oneof(
  { weight: 20, arbitrary: fc.double({ min: -30, max: 30, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(-Infinity, NaN, -1e30) },
);
/** Of one length, which is no whole number of blocks mostly. */
const pairs = fc.integer({ min: 1, max: 300 }).chain((length) => {
  const row = fc
    .array(logits, { minLength: length, maxLength: length })
    .map((values) => Float32Array.from([0, ...values]));
  return fc.tuple(row, row);
});

describe("two rows of logits", () => {
  it("diverge as a sum in 64 bits says", () => {
    fc.assert(
      fc.property(pairs, ([first, second]) => {
        const { isDefined, towards, back } = diverge(first, second);
        expect(isDefined).toBe(true);
        expect(Math.abs(towards - expected(first, second))).toBeLessThan(2e-5);
        expect(Math.abs(back - expected(second, first))).toBeLessThan(2e-5);
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it("do not diverge where they are the same but for a constant", () => {
    fc.assert(
      fc.property(pairs, ([first]) => {
        const exact = first.map((logit) => Math.round(logit * 64) / 64);
        const { towards, back } = diverge(
          exact,
          exact.map((logit) => logit + 16),
        );
        expect(towards).toBeLessThan(1e-6);
        expect(back).toBeLessThan(1e-6);
      }),
      { numRuns: 100, seed: 8 },
    );
  });

  it("name their most probable entries, of equal ones the first", () => {
    const length = 200;
    const row = (...largest: number[]) => {
      const values = new Float32Array(length);
      for (const place of largest) values[place] = 3;
      return values;
    };
    expect(diverge(row(70, 150), row(199)).tops).toEqual([70, 199]);
    expect(diverge(row(0), row(64, 65)).tops).toEqual([0, 64]);
  });

  it("are told apart from rows that define no distribution", () => {
    const nothing = new Float32Array(100).fill(-Infinity);
    expect(diverge(nothing, new Float32Array(100)).isDefined).toBe(false);
    expect(diverge(new Float32Array(100), nothing).isDefined).toBe(false);
  });

  it("hold an infinite logit for the largest number", () => {
    const first = new Float32Array(100);
    first[40] = Infinity;
    const { towards, tops } = diverge(first, new Float32Array(100));
    expect(tops[0]).toBe(40);
    expect(towards).toBeCloseTo(Math.log(100), 5);
  });
});
