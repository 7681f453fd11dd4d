import { describe, expect, it } from "vitest";
import { cellsOf } from "../../src/report/cells";
import { scoresOf, type TokenRow, withoutDistribution } from "../support/scores";

const columns = (rows: readonly TokenRow[]) => scoresOf(rows).columns;

/** "a😀b" with two tokens that share the emoji. */
const ROWS: readonly TokenRow[] = [
  { text: "a", bits: 2, rank: 3 },
  { text: "", bits: 4, rank: 9, range: [1, 3] },
  { text: "", bits: 1, rank: 2, range: [1, 3] },
  { text: "b", bits: null, rank: 0, range: [3, 4] },
];
const shared = columns(ROWS);

describe("cells", () => {
  it("add up the bits of tokens that share characters, and leave out what is not scored", () => {
    expect(cellsOf({ base: shared, rlhf: null }, "base")).toEqual([
      { start: 0, endExclusive: 1, value: 2 },
      { start: 1, endExclusive: 3, value: 5 },
    ]);
    expect(cellsOf({ base: shared, rlhf: null }, "rlhf")).toEqual([]);
  });

  it("have the worst rank of tokens that share characters, under the model that the view names", () => {
    const rlhf = columns([{ text: "a", bits: 1, rank: 1 }]);
    expect(cellsOf({ base: shared, rlhf }, "baseRank")).toEqual([
      { start: 0, endExclusive: 1, value: 3 },
      { start: 1, endExclusive: 3, value: 9 },
    ]);
    expect(cellsOf({ base: shared, rlhf }, "rank")).toEqual([
      { start: 0, endExclusive: 1, value: 1 },
    ]);
  });

  it("have no ranks where these are not measured, and the same bits", () => {
    const { columns: alone } = withoutDistribution(scoresOf(ROWS));
    expect(cellsOf({ base: alone, rlhf: null }, "baseRank")).toEqual([]);
    expect(cellsOf({ base: alone, rlhf: null }, "base")).toEqual(
      cellsOf({ base: shared, rlhf: null }, "base"),
    );
  });

  it("differ on stretches whose ends both models share", () => {
    const rlhf = columns([{ text: "a😀", bits: 10 }]);
    expect(cellsOf({ base: shared, rlhf }, "difference")).toEqual([
      { start: 0, endExclusive: 3, value: 3 },
    ]);
    expect(cellsOf({ base: shared, rlhf: null }, "difference")).toEqual([]);
  });
});
