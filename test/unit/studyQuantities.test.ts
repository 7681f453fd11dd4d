/** The numbers that thresholds test are those that the figures show. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { StudyResult } from "../../src/formats/study/studyResult";
import { studyReport } from "../../src/report/study/studyReport";
import { QUANTITY_KINDS, type QuantityRow, quantityRows } from "../../src/report/study/quantities";
import type { Interval, StudyFigure } from "../../src/protocol/studyFigure";
import { inventedResult } from "../support/studyResult";

const result = inventedResult();
const rows = quantityRows(result);
const { figures } = studyReport(result, null);

function figureOf(id: string): StudyFigure {
  return figures.find((figure) => figure.id === id)!;
}

/** The one number with these labels. */
function number(quantity: string, labels: Record<string, string>, among = rows): Interval {
  const found = among.filter(
    (row) =>
      row.quantity === quantity &&
      Object.entries(labels).every(([label, value]) => (row.labels[label] ?? "") === value),
  );
  expect(found, JSON.stringify({ quantity, ...labels })).toHaveLength(1);
  return found[0]!.interval!;
}

function percent(interval: Interval | null | undefined): Interval {
  const { value, low, high } = interval!;
  return { value: 100 * value, low: low! * 100, high: high! * 100 };
}

/** A column of a figure's table in the row that begins like this. */
function cell(figure: StudyFigure, begin: readonly string[], column: number): unknown {
  return figure.table.rows.find((row) => begin.every((text, i) => row[i] === text))![column];
}

const CORPORA = [
  ["pretraining", "C4"],
  ["chat", "HH"],
] as const;

describe("quantities", () => {
  it("have the bars of the increase, and what its table says", () => {
    const figure = figureOf("perplexity-increase");
    if (figure.plot.kind !== "bars") throw new Error("no bars");
    const { series } = figure.plot;
    for (const [i, stage] of ["rlhf", "sft"].entries()) {
      for (const [j, [category, corpus]] of CORPORA.entries()) {
        const labels = { pair: "twins", stage, corpus, category };
        expect(number("increase", labels)).toEqual(percent(series[i]!.values[j]));
        const begin = [category, corpus, series[i]!.name];
        const written = (column: number) => cell(figure, begin, column) as number;
        const near = (value: number, column: number) =>
          expect(value / written(column)).toBeCloseTo(1, 3);
        near(number("perplexity", { stage: "base", against: stage, corpus }).value, 5);
        near(number("perplexity", { stage, against: "base", corpus }).value, 6);
        near(number("bits-per-byte", { stage: "base", corpus }).value, 7);
        near(number("bits-per-byte", { stage, corpus }).value, 8);
        const mean = number("increase-mean", labels);
        [mean.value, mean.low!, mean.high!].forEach((end, k) => near(end, 12 + k));
      }
    }
  });

  it("are the increases of a hand-worked case", () => {
    const [first] = result.cells;
    const groups = [100, 100].map((tokens, i) => ({
      document: String(i),
      documents: 1,
      stages: { base: [100, 100, 300, 400, 50], rlhf: [100, 100, 400, 400, 50] },
      against: { rlhf: [100, tokens, tokens, 300, 300 + 100 * i] },
    }));
    const models = first!.models.slice(0, 2);
    const two: StudyResult = { ...result, cells: [{ ...first!, models, groups }] };
    const known = quantityRows(two);
    // Half a bit per token more on average: 2^0.5 - 1. By document: 0 % and 100 %.
    expect(number("increase", {}, known)).toEqual({
      value: expect.closeTo(41.421356, 5) as number,
      low: null,
      high: null,
    });
    expect(number("increase-mean", {}, known).value).toBeCloseTo(50, 10);
    expect(number("perplexity", { stage: "base" }, known).value).toBeCloseTo(8, 10);
    expect(number("bits-per-byte", { stage: "rlhf" }, known).value).toBeCloseTo(1, 10);
    expect(number("bits-per-word", { stage: "rlhf" }, known).value).toBeCloseTo(8, 10);
  });

  it("have the points of concentration and the bars of coverage", () => {
    const texts = ["given", "nucleus", "greedy"];
    const curves = figureOf("concentration-1").plot;
    const bars = figureOf("coverage-1").plot;
    if (curves.kind !== "lines" || bars.kind !== "bars") throw new Error("other plots");
    ["base", "rlhf", "sft"].forEach((stage, i) =>
      texts.forEach((text, j) => {
        const labels = { stage, text, corpus: "" };
        for (const { x, y, low, high } of curves.series[3 * i + j]!.points) {
          const shown = percent({ value: y, low: low!, high: high! });
          expect(number(`c${x}`, labels)).toEqual(shown);
        }
        const coverage = bars.series[i]!.values[j]!;
        expect(number("coverage", labels)).toEqual(coverage);
        expect(number("coverage-share", labels).value).toBeCloseTo(coverage.value / 5.12, 10);
      }),
    );
  });

  it("are means over corpora, each corpus as much as the other", () => {
    for (const name of ["entropy", "coverage", "c1"]) {
      const of = (corpus: string) =>
        number(name, { stage: "rlhf", text: "given", corpus, category: corpusCategory(corpus) });
      expect(of("").value).toBeCloseTo((of("C4").value + of("HH").value) / 2, 10);
    }
  });

  it("have the bars of perplexity on own text, and its means", () => {
    for (const text of ["nucleus", "greedy"]) {
      const { plot, sentence } = figureOf(`own-perplexity-${text}-1`);
      if (plot.kind !== "bars") throw new Error("no bars");
      ["base", "rlhf", "sft"].forEach((writer, i) =>
        ["base", "rlhf", "sft"].forEach((stage, j) => {
          CORPORA.forEach(([, corpus], k) => {
            const shown = plot.series[3 * i + j]!.values[k];
            expect(number("own-perplexity", { stage, writer, text, corpus })).toEqual(shown);
          });
          if (stage !== writer) return;
          const mean = number("own-perplexity", { stage, writer, text, corpus: "" });
          expect(sentence).toContain(` ${mean.value.toFixed(1)}`);
        }),
      );
    }
  });

  it("have the errors of calibration", () => {
    const { sentence } = figureOf("calibration-1");
    for (const stage of ["base", "rlhf", "sft"]) {
      const [value, low, high] = Object.values(number("ece", { stage, corpus: "" })).map((end) =>
        (end as number).toFixed(1),
      );
      expect(sentence).toContain(`is off by ${value} % on average (95 %: ${low} % to ${high} %).`);
      expect(number("ece", { stage, corpus: "HH" }).value).toBeGreaterThan(0);
    }
  });

  it("have the bars of probes and what they exceed, and what stands around anchors", () => {
    const { plot, table } = figureOf("probe-ridge-2");
    if (plot.kind !== "bars") throw new Error("no bars");
    for (const [i, stage] of ["base", "rlhf"].entries()) {
      const { name, values, levels } = plot.series[i]!;
      const begin = (row: readonly unknown[]) =>
        row.slice(0, 2).every((who) => String(who).toLowerCase() === name.toLowerCase());
      for (const [j, ahead] of [1, 2, 3].entries()) {
        const at = { corpus: "HH", probe: "ridge", target: "text", ahead: String(ahead) };
        const labels = { ...at, stage, writer: stage };
        expect(number("probe-accuracy", labels)).toEqual(percent(values[j]));
        expect(number("probe-control", labels).value).toBeCloseTo(100 * levels![j]!.value, 10);
        const row = table.rows.find((one) => begin(one) && one[2] === ahead)!;
        expect(number("probe-beyond", labels).value).toBeCloseTo(row[10] as number, 2);
      }
    }
    const anchors = figureOf("probe-anchors-beyond-rlhf-2").plot;
    if (anchors.kind !== "lines") throw new Error("no lines");
    const [before] = anchors.series;
    const labels = { corpus: "HH", stage: "rlhf", place: "before" };
    for (const { x, y, low } of before!.points) {
      const found = number("anchor-probe-beyond", { ...labels, ahead: String(x) });
      expect([found.value, found.low]).toEqual([y, low]);
    }
  });

  it("have names, labels and numbers of their own", () => {
    const names = new Set(rows.map(({ quantity }) => quantity));
    // The vocabulary has 512 tokens.
    const beyond = ["c1000", "c2000", "c5000", "c10000"];
    expect([...QUANTITY_KINDS.keys()].filter((name) => !names.has(name))).toEqual(beyond);
    const keys = rows.map(({ quantity, labels }) => JSON.stringify([quantity, labels]));
    expect(new Set(keys).size).toBe(keys.length);
    const known = (row: QuantityRow) => QUANTITY_KINDS.get(row.quantity)!.labels;
    for (const row of rows) {
      expect(known(row)).toEqual(expect.arrayContaining(Object.keys(row.labels)));
      expect(row.interval).not.toBeNull();
    }
  });

  it("stand in the documentation with their units and labels", () => {
    const table = readFileSync(resolve("docs/check.md"), "utf8").match(/^\| .*$/gmu)!;
    for (const { name, unit, labels } of QUANTITY_KINDS.values()) {
      const written = name.replace(/^c\d+$/u, "c1").replace(/^shared-\d+-gram$/u, "shared-5-gram");
      const row = table.find((line) => line.startsWith(`| \`${written}\``))!;
      expect(row.split("|")[2]!.trim(), name).toBe(unit);
      for (const label of labels.slice(4)) expect(row, name).toContain(`\`${label}\``);
    }
  });

  it("are none where there is nothing to count, and have no interval of few documents", () => {
    const few = quantityRows(inventedResult(2));
    expect(few.every(({ interval }) => interval?.low === null && interval.high === null)).toBe(
      true,
    );
    const broken = structuredClone(result);
    for (const { groups } of broken.cells) {
      for (const { stages } of groups) if (stages.rlhf) stages.rlhf = [];
    }
    const left = quantityRows(broken).filter(({ labels }) => labels.stage === "rlhf");
    const bits = left.filter(({ quantity }) => quantity === "bits-per-byte");
    expect(bits.map(({ interval }) => interval)).toEqual([null, null]);
    expect(
      left.filter(({ quantity }) => quantity === "ece").every(({ interval }) => interval === null),
    ).toBe(true);
  });
});

function corpusCategory(corpus: string): string {
  return CORPORA.find(([, name]) => name === corpus)?.[0] ?? "";
}
