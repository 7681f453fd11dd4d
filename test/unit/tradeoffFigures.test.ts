/** What a study shows of the trade-off in motion, on invented numbers. */
import { describe, expect, it } from "vitest";
import type { ResultCell } from "../../src/formats/study/studyResult";
import type { Tradeoff, TradeoffRound } from "../../src/formats/study/tradeoff";
import {
  AGENT_MEASURES,
  changeIn,
  meanIn,
  perplexityIncrease,
  TOP1,
} from "../../src/report/study/tradeoff/rounds";
import { tradeoffFigures } from "../../src/report/study/tradeoff/tradeoffFigures";
import { tradeoffLines } from "../../src/report/study/tradeoff/tradeoffLines";
import { inventedResult } from "../support/studyResult";

const result = inventedResult(8);
const cell = result.cells.find(({ measure }) => measure === "tradeoff")!;
const tradeoff = cell.tradeoff!;

function withRounds(change: (round: TradeoffRound) => Partial<TradeoffRound>): ResultCell {
  const rounds = tradeoff.rounds.map((round) => ({ ...round, ...change(round) }));
  return { ...cell, tradeoff: { ...tradeoff, rounds } };
}

function figureOf(of: ResultCell) {
  const [figure] = tradeoffFigures({ ...result, cells: [of] });
  return figure!;
}

/** Every held-out document loses this much more per token than in round 0, nats. */
const losing = (nats: (round: number) => number) => ({
  losses: ({ round }: TradeoffRound) =>
    tradeoff.heldOut.map(({ tokens }, corpus) =>
      tokens.map((count, i) => tradeoff.rounds[0]!.losses[corpus]![i]! + count * nats(round)),
    ),
});

describe("rounds", () => {
  it("have the perplexity of held-out text over that of round 0", () => {
    const { losses } = losing((round) => round * Math.log(2));
    const { tradeoff: doubling } = withRounds((round) => ({ losses: losses(round) }));
    const at = (round: number) => perplexityIncrease(doubling!, 1, doubling!.rounds[round]!)!;
    expect(at(0)).toEqual({ value: 0, low: 0, high: 0 });
    expect(at(1).value).toBeCloseTo(1, 10);
    expect(at(2).value).toBeCloseTo(3, 10);
    expect(at(2).low).toBeCloseTo(3, 10);
  });

  it("have means over prompts, and changes over prompts that have a value in both", () => {
    const [first, ...own] = tradeoff.rounds[3]!.own;
    const lacking = withRounds(({ round, own: all }) => ({
      own: round === 3 ? [{ ...first!, top1: null }, ...own] : all,
    })).tradeoff!;
    const last = lacking.rounds[3]!;
    const values = own.map(({ top1 }) => top1!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(meanIn(last, TOP1)!.value).toBeCloseTo(mean, 12);
    const before = lacking.rounds[0]!.own.slice(1).map(({ top1 }) => top1!);
    const change = values.reduce((sum, value, i) => sum + value - before[i]!, 0) / values.length;
    expect(changeIn(lacking, last, TOP1)!.value).toBeCloseTo(change, 12);
  });

  it("have lengths in tokens of a sample", () => {
    const tokens = AGENT_MEASURES.find(({ id }) => id === "tokens")!;
    expect(meanIn(tradeoff.rounds[1]!, tokens)!.value).toBe(240);
  });
});

describe("the figure", () => {
  it("has a panel for each quantity, over the rounds", () => {
    const { plot, table } = figureOf(cell);
    if (plot.kind !== "panels") throw new Error("no panels");
    expect(plot.panels).toHaveLength(1 + AGENT_MEASURES.length);
    const [world] = plot.panels;
    expect(world!.series.map(({ name }) => name)).toEqual(["C4", "HH"]);
    for (const { series } of plot.panels) {
      for (const { points } of series) expect(points.map(({ x }) => x)).toEqual([0, 1, 2, 3]);
    }
    expect(table.rows.map((row) => row.slice(0, 3))).toEqual([
      [0, 0, 0],
      [1, 2, 900],
      [2, 4, 1800],
      [3, 6, 2700],
    ]);
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
  });

  const flat = losing(() => 0).losses;
  const worse = losing((round) => 0.1 * round).losses;
  const surer = (round: TradeoffRound) => round.own;
  const asBefore = () => tradeoff.rounds[0]!.own;
  it.each([
    ["both sides", worse, surer, /the trade-off, beyond chance/],
    ["text alone", worse, asBefore, /no surer of its own/],
    ["its own text alone", flat, surer, /others' no worse/],
    ["neither", flat, asBefore, /Neither side/],
  ])("says whether %s moved", (_, losses, own, words) => {
    const of = withRounds((round) => ({ losses: losses(round), own: own(round) }));
    expect(figureOf(of).sentence).toMatch(words);
  });

  it("says so where nothing has been trained yet", () => {
    const begun: Tradeoff = { ...tradeoff, rounds: tradeoff.rounds.slice(0, 1) };
    expect(figureOf({ ...cell, tradeoff: begun }).sentence).toMatch(/No round/);
  });

  it("names the rule, and how the model was trained", () => {
    const [line] = tradeoffLines(cell);
    expect(line).toMatch(/most probable per token to the RLHF twin/);
    expect(line).toMatch(/all weights/);
    const judge = { name: "judge.gguf", sha256: "ab".repeat(32), question: "{reply}: good?" };
    const judged = { ...cell, tradeoff: { ...tradeoff, scorer: "judge", judge } as Tradeoff };
    expect(tradeoffLines(judged)[0]).toContain("{reply}: good?");
    const control = { ...cell, tradeoff: { ...tradeoff, bestOf: 1 } };
    expect(tradeoffLines(control)[0]).toMatch(/without a preference/);
    expect(tradeoffLines({ ...cell, tradeoff: null })).toEqual([]);
  });
});
