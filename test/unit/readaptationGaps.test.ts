/** How much of a gap training closes (docs/definitions.md, "Re-adaptation"). */
import { describe, expect, it } from "vitest";
import type { Adapted } from "../../src/formats/study/readaptation";
import type { ResultCell } from "../../src/formats/study/studyResult";
import {
  gapClosed,
  increaseAt,
  perplexityAt,
  trainedPairs,
} from "../../src/report/study/readaptation/gaps";
import { readaptationFigures } from "../../src/report/study/readaptation/readaptationFigures";
import { READAPTATION_QUANTITIES } from "../../src/report/study/readaptation/readaptationQuantities";
import { inventedResult } from "../support/studyResult";

const TOKENS = [100, 50, 200, 80, 120, 90];

function adapted(
  stage: string,
  [before, after]: readonly [number, number],
  more: Partial<Adapted> = {},
): Adapted {
  return {
    stage,
    weights: "lora",
    rank: 8,
    alpha: 16,
    learningRate: 2e-4,
    weightDecay: 0,
    steps: 1,
    windowsPerStep: 1,
    window: 256,
    interval: 1,
    seed: 1,
    tokens: 1,
    epochs: 1,
    trainLoss: [],
    curve: [],
    chosenStep: 1,
    report: {
      tokens: TOKENS,
      before: TOKENS.map((tokens) => tokens * before),
      after: TOKENS.map((tokens) => tokens * after),
    },
    file: null,
    ...more,
  };
}

const result = inventedResult(TOKENS.length);

/** Of models of one tokenizer, but for `sft`. */
function cellOf(trainings: readonly Adapted[]): ResultCell {
  const cell = result.cells.find(({ measure }) => measure === "readaptation")!;
  return { ...cell, readaptation: { ...cell.readaptation!, trainings: [...trainings] } };
}

function pairOf(...trainings: Adapted[]) {
  return trainedPairs(cellOf(trainings), "rlhf");
}

describe("the gap between a tuned model and its base", () => {
  const [pair] = pairOf(adapted("base", [2, 1.5]), adapted("rlhf", [2.5, 1.6]));

  it("is that of perplexities, before and after", () => {
    expect(increaseAt(pair!, "before")!.value).toBeCloseTo(Math.exp(0.5) - 1, 10);
    expect(increaseAt(pair!, "after")!.value).toBeCloseTo(Math.exp(0.1) - 1, 10);
    expect(perplexityAt(pair!.base, "after")).toBeCloseTo(Math.exp(1.5), 10);
  });

  it("closes by the share of nats that are gone", () => {
    const { value, low, high } = gapClosed(pair!)!;
    expect(value).toBeCloseTo(0.8, 10);
    expect(low).toBeCloseTo(0.8, 10);
    expect(high).toBeCloseTo(0.8, 10);
  });

  it("may close by more than all of it, or grow", () => {
    const [ahead] = pairOf(adapted("base", [2, 1.5]), adapted("rlhf", [2.5, 1.4]));
    expect(gapClosed(ahead!)!.value).toBeCloseTo(1.2, 10);
    const [wider] = pairOf(adapted("base", [2, 1.5]), adapted("rlhf", [2.5, 2.5]));
    expect(gapClosed(wider!)!.value).toBeCloseTo(-1, 10);
  });

  it("has an interval over documents", () => {
    const base = adapted("base", [2, 1.5]);
    const closing = TOKENS.map((tokens, i) => tokens * (1.5 + 0.05 * i));
    const rlhf = adapted("rlhf", [2.5, 0]);
    const uneven = { ...rlhf, report: { ...rlhf.report, after: closing } };
    const [uncertain] = pairOf(base, uneven);
    const { value, low, high } = gapClosed(uncertain!)!;
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  });

  it("is not known where models predict other tokens, or one was not trained", () => {
    const rlhf = adapted("rlhf", [2.5, 1.6]);
    const others = { ...rlhf.report, tokens: TOKENS.map((tokens) => tokens + 1) };
    expect(pairOf(adapted("base", [2, 1.5]), { ...rlhf, report: others })).toEqual([]);
    expect(pairOf(rlhf)).toEqual([]);
    expect(pairOf(adapted("base", [2, 1.5]), { ...rlhf, weights: "all" })).toEqual([]);
  });

  it("is not known of models of two tokenizers, however alike their documents are", () => {
    const cell = cellOf([adapted("base", [2, 1.5]), adapted("sft", [2.5, 1.6])]);
    expect(trainedPairs(cell, "sft")).toEqual([]);
  });

  it("can't close where there is none", () => {
    const [none] = pairOf(adapted("base", [2, 1.5]), adapted("rlhf", [2, 1.4]));
    expect(gapClosed(none!)).toBeNull();
    const [ahead] = pairOf(adapted("base", [2, 1.5]), adapted("rlhf", [1.9, 1.4]));
    expect(gapClosed(ahead!)).toBeNull();
  });
});

/** @param before, after what it loses of each document, nats a token */
function lossesOf(before: readonly number[], after: readonly number[], documents: number): Adapted {
  const tokens = TOKENS.slice(0, documents);
  const sums = (means: readonly number[]) => tokens.map((count, i) => count * means[i]!);
  return adapted("rlhf", [0, 0], {
    report: { tokens, before: sums(before), after: sums(after) },
  });
}

describe("what is said of a gap", () => {
  const even = (loss: number) => TOKENS.map(() => loss);
  /** As far from each other as chance may put them. */
  const spread = (loss: number) => TOKENS.map((_, i) => loss + (i % 2 === 0 ? 0.4 : -0.4));

  it.each([
    ["some of it stays, as the paper finds", even(2.5), even(1.6), 6],
    ["chance alone could explain what stays", even(2.5), spread(1.5), 6],
    ["% of the gap closed (120 to 120); the tuned model is ahead", even(2.5), even(1.4), 6],
    ["there was no gap beyond chance to close", spread(2), even(1.5), 6],
    ["there was no gap to close: the tuned model was ahead", even(1.9), even(1.5), 6],
    ["too few documents to tell a gap from chance", even(2.5), even(1.6), 4],
  ])("%s", (words, before, after, documents) => {
    const base = lossesOf(even(2), even(1.5), documents);
    const cell = cellOf([{ ...base, stage: "base" }, lossesOf(before, after, documents)]);
    const [figure] = readaptationFigures({ ...result, cells: [cell] });
    expect(figure!.sentence).toContain(words);
    const closed = READAPTATION_QUANTITIES.of([cell]).find(({ name }) => name === "gap-closed");
    const hasGap = !words.startsWith("there was no gap");
    expect(closed!.interval() !== null).toBe(hasGap);
    const { columns, rows } = figure!.table;
    expect(rows[0]![columns.indexOf("Gap closed, %")] !== null).toBe(hasGap);
  });
});
