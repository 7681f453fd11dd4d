import { describe, expect, it } from "vitest";
import { classesOf, shuffledTargets, targetsOf } from "../../src/analysis/probes/classes";
import { CONTROLS } from "../../src/analysis/probes/controls";
import { partsOfUnits, rowsByPart } from "../../src/analysis/probes/parts";
import { rowsBefore, toTokenRows } from "../../src/analysis/probes/tokenRows";
import { seededRandom } from "../../src/analysis/statistics/random";

/** Windows of tokens, each of a unit and a beginning of its own unless said. */
function rowsOf(windows: readonly number[][], beginnings: readonly number[] = []) {
  return toTokenRows(
    windows.map((ids, i) => ({
      ids: Int32Array.from(ids),
      unit: beginnings[i] ?? i,
      beginning: beginnings[i] ?? i,
    })),
  );
}

describe("rows of tokens", () => {
  it("predict only within their window", () => {
    const rows = rowsOf([
      [1, 2, 3, 4],
      [5, 6],
      [7, 8, 9],
    ]);
    expect([...rowsBefore(rows, 0)]).toEqual([0, 1, 2, 4, 6, 7]);
    expect([...rowsBefore(rows, 1)]).toEqual([0, 1, 6]);
    expect([...rowsBefore(rows, 3)]).toEqual([]);
  });
});

describe("parts", () => {
  it("hold every unit once, a fifth to choose and a fifth to report", () => {
    const parts = partsOfUnits(50, 1, () => true);
    const count = (part: string) => parts.filter((each) => each === part).length;
    expect([count("fit"), count("choose"), count("report")]).toEqual([30, 10, 10]);
    expect(partsOfUnits(50, 1, () => true)).toEqual(parts);
    expect(partsOfUnits(50, 2, () => true)).not.toEqual(parts);
  });

  it("are nearly the same where a writer lacks some units", () => {
    const reported = (isUsable: (unit: number) => boolean) =>
      partsOfUnits(100, 1, isUsable).flatMap((part, unit) => (part === "report" ? [unit] : []));
    const all = new Set(reported(() => true));
    const some = reported((unit) => unit % 10 !== 3);
    expect(some).toHaveLength(18);
    expect(some.filter((unit) => all.has(unit)).length).toBeGreaterThan(14);
    expect(some.some((unit) => unit % 10 === 3)).toBe(false);
  });

  it("are never empty, and never divide a unit", () => {
    expect([...partsOfUnits(3, 5, () => true)].sort()).toEqual(["choose", "fit", "report"]);
    const rows = rowsOf(
      [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
      [0, 1, 2, 0],
    );
    const { fit, choose, report } = rowsByPart(rows, rowsBefore(rows, 0), [
      "report",
      "fit",
      "choose",
    ]);
    expect([[...fit], [...choose], [...report]]).toEqual([[2], [4], [0, 6]]);
  });
});

describe("controls", () => {
  const rows = rowsOf([
    [1, 2, 1, 3, 1, 2],
    [4, 9, 4, 9],
  ]);
  const fit = rowsBefore(rows, 0);

  it("unigram: the most frequent token ahead, of equal ones the smallest", () => {
    expect(CONTROLS.unigram(rows, fit, 0)(0)).toBe(1);
    expect(CONTROLS.unigram(rows, rowsBefore(rows, 1), 1)(0)).toBe(1);
  });

  it("skip-bigram: what most often stands so far ahead of the row's token", () => {
    const after = CONTROLS["skip-bigram"](rows, fit, 0);
    expect([after(0), after(6), after(7)]).toEqual([2, 9, 4]);
    const second = CONTROLS["skip-bigram"](rows, rowsBefore(rows, 1), 1);
    expect(second(0)).toBe(1);
  });

  it("skip-bigram: an unknown token gets the most frequent one", () => {
    const known = Uint32Array.of(0, 1);
    expect(CONTROLS["skip-bigram"](rows, known, 0)(6)).toBe(CONTROLS.unigram(rows, known, 0)(6));
  });

  it("prior: what other samples of the beginning have at the place that is predicted, not its own", () => {
    const samples = rowsOf(
      [
        [5, 6, 7],
        [5, 6, 8],
        [5, 9, 8],
        [1, 1, 1],
      ],
      [0, 0, 0, 1],
    );
    const prior = CONTROLS.prior(samples, rowsBefore(samples, 0), 0);
    expect(prior(0)).toBe(6);
    // The place of its own 7, where both others have 8.
    expect(prior(1)).toBe(8);
    // 7 and 8 once each among the others: the smaller.
    expect(prior(4)).toBe(7);
    // Nobody else goes on from there.
    expect(prior(9)).toBe(CONTROLS.unigram(samples, rowsBefore(samples, 0), 0)(9));
  });
});

describe("classes", () => {
  const rows = rowsOf([
    [3, 1, 2],
    [1, 7, 1],
  ]);

  it("are the tokens that stand ahead of fit rows", () => {
    const classes = classesOf(rows, Uint32Array.of(0), [0, 1], 10);
    expect([...classes.tokens]).toEqual([1, 2]);
    expect([...targetsOf(rows, classes, 0)]).toEqual([0, 1, 0, -1, 0, -1]);
  });

  it("are shuffled among fit rows alone", () => {
    const targets = Int32Array.from({ length: 200 }, (_, i) => i);
    const fit = Uint32Array.from({ length: 100 }, (_, i) => 2 * i);
    const shuffled = shuffledTargets(targets, fit, seededRandom(1));
    expect(shuffled).not.toEqual(targets);
    expect([...shuffled].sort((a, b) => a - b)).toEqual([...targets]);
    expect(shuffled.filter((_, i) => i % 2 === 1)).toEqual(targets.filter((_, i) => i % 2 === 1));
  });
});
