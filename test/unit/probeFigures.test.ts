/** Figures of probes from counts that are worked out by hand. */
import { describe, expect, it } from "vitest";
import type { AnchorProbe, ProbedText, ProbeRow, Probes } from "../../src/formats/study/probes";
import type { ResultCell, StudyResult } from "../../src/formats/study/studyResult";
import type { StudyFigure } from "../../src/protocol/studyFigure";
import { probeFigures } from "../../src/report/study/probes/probeFigures";
import { studyReport } from "../../src/report/study/studyReport";
import { inventedResult } from "../support/studyResult";

const UNITS = 6;
/** Positions of a unit. */
const POSITIONS = 10;
const LAYERS = 4;
const LAYER = 3;

function textOf(writer: string | null, reader: string, more: Partial<ProbedText> = {}): ProbedText {
  return {
    writer,
    reader,
    layers: LAYERS,
    layer: LAYER,
    classes: 7,
    lensFault: null,
    fit: { units: 12, positions: 120 },
    choose: { units: 2, positions: 20 },
    report: {
      units: Array.from({ length: UNITS }, (_, i) => `d#${i}`),
      positions: Array.from({ length: UNITS }, () => POSITIONS),
    },
    ...more,
  };
}

/** Right predictions of every unit alike, of the text and as often of the reader's first choice. */
function rowOf(
  { writer, reader, report }: ProbedText,
  method: ProbeRow["method"],
  hits: number,
  more: Partial<ProbeRow> = {},
): ProbeRow {
  const each = report.positions.map(() => hits);
  return {
    writer,
    reader,
    method,
    layer: method === "embedding" ? 0 : method === "unigram" ? null : LAYER,
    ahead: 1,
    lambda: null,
    choose: { text: hits, own: hits },
    report: { text: each, own: each },
    ...more,
  };
}

const BASE = textOf("base", "base");
const RLHF = textOf("rlhf", "rlhf");

/** Base finds 4 of 10 of its own tokens, RLHF 6; their best controls 3. */
const OWN: Probes = {
  unit: "document",
  drawn: [],
  texts: [BASE, RLHF],
  rows: [
    rowOf(BASE, "ridge", 4),
    rowOf(BASE, "unigram", 3),
    rowOf(RLHF, "ridge", 6),
    rowOf(RLHF, "unigram", 2),
    rowOf(RLHF, "embedding", 3),
  ],
  anchors: [],
};

const [SOME] = inventedResult().cells.filter(({ measure }) => measure === "probes");

function figuresOf(probes: Probes, more: Partial<ResultCell> = {}): StudyFigure[] {
  const models = SOME!.models.slice(0, 2);
  const result: StudyResult = {
    ...inventedResult(0),
    cells: [{ ...SOME!, models, probes, ...more }],
  };
  return probeFigures(result);
}

const barsOf = ({ plot }: StudyFigure) => {
  if (plot.kind !== "bars") throw new Error("no bars");
  return plot;
};
const linesOf = ({ plot }: StudyFigure) => {
  if (plot.kind !== "lines") throw new Error("no lines");
  return plot;
};

describe("the figure of the tokens ahead", () => {
  it("has a bar for each reader and text, with its best control across it", () => {
    const [figure] = figuresOf(OWN);
    const { groups, series, level } = barsOf(figure!);
    expect(groups).toEqual([{ label: "n = 1", category: "Own text" }]);
    expect(level).toBe("best control");
    expect(series).toMatchObject([
      {
        name: "Base",
        values: [{ value: 0.4, low: 0.4, high: 0.4 }],
        levels: [{ value: 0.3, label: "Best control, unigram" }],
      },
      {
        name: "RLHF",
        values: [{ value: 0.6 }],
        levels: [{ value: 0.3, label: "Best control, embeddings alone" }],
      },
    ]);
  });

  it("says in words what is found, how much of it no control finds, and whether as in the paper", () => {
    expect(figuresOf(OWN)[0]!.sentence).toBe(
      "In own texts, hidden states predict the token n = 1 places after the next one: base's in 40.0 % of positions, +10.0 points over the best control (beyond chance); RLHF's in 60.0 % of positions, +30.0 points over the best control (beyond chance). RLHF against base on own texts: +20.0 points (beyond chance, as the paper finds); of what exceeds the best controls +20.0 points (beyond chance).",
    );
    const swapped = OWN.rows.map((row) => ({
      ...row,
      writer: row.writer === "base" ? "rlhf" : "base",
      reader: row.reader === "base" ? "rlhf" : "base",
    }));
    expect(figuresOf({ ...OWN, rows: swapped })[0]!.sentence).toContain(
      "−20.0 points (lower, beyond chance, which is not what the paper finds)",
    );
  });

  it("takes the best control where lambda is chosen, not where it is reported", () => {
    const lucky = rowOf(BASE, "skip-bigram", 5, { choose: { text: 1, own: 1 } });
    const [figure] = figuresOf({ ...OWN, rows: [...OWN.rows, lucky] });
    expect(barsOf(figure!).series[0]!.levels).toEqual([
      { value: 0.3, label: "Best control, unigram" },
    ]);
  });

  it("has both accuracies and the check of n = 0 in the table alone", () => {
    const own = { text: [1], own: Array.from({ length: UNITS }, () => 8) };
    const rows = [
      ...OWN.rows,
      rowOf(BASE, "ridge", 9, { ahead: 0 }),
      rowOf(RLHF, "ridge", 1, { ahead: 2, report: own }),
    ];
    const [figure] = figuresOf({ ...OWN, rows });
    expect(barsOf(figure!).groups.map(({ label }) => label)).toEqual(["n = 1", "n = 2"]);
    const found = figure!.table.rows.map((row) => [...row.slice(0, 6), row[8]]);
    expect(found).toEqual([
      ["base", "base", 0, "the text", 60, 90, null],
      ["base", "base", 0, "own first choice", 60, 90, null],
      ["base", "base", 1, "the text", 60, 40, "unigram"],
      ["base", "base", 1, "own first choice", 60, 40, "unigram"],
      ["RLHF", "RLHF", 1, "the text", 60, 60, "embeddings alone"],
      ["RLHF", "RLHF", 1, "own first choice", 60, 60, "embeddings alone"],
      // Hits that the file lacks are none.
      ["RLHF", "RLHF", 2, "the text", 60, 1.67, null],
      ["RLHF", "RLHF", 2, "own first choice", 60, 80, null],
    ]);
  });

  it("has the other model's text beside, and which of both tells the other's better", () => {
    const [cross, back] = [textOf("rlhf", "base"), textOf("base", "rlhf")];
    const [figure] = figuresOf({
      ...OWN,
      texts: [...OWN.texts, cross, back],
      rows: [...OWN.rows, rowOf(cross, "ridge", 5), rowOf(back, "ridge", 2)],
    });
    expect(barsOf(figure!).groups.map(({ category }) => category)).toEqual([
      "Own text",
      "The other model's text",
    ]);
    expect(barsOf(figure!).series.map(({ values }) => values[1]?.value)).toEqual([0.5, 0.2]);
    expect(figure!.sentence).toContain(
      "Base's states predict 50.0 % of RLHF's tokens; RLHF's states, 20.0 % of base's (beyond chance, as the paper finds).",
    );
    const sft = textOf("sft", "base");
    const [three] = figuresOf({
      ...OWN,
      texts: [...OWN.texts, cross, back, sft],
      rows: [...OWN.rows, ...[cross, back, sft].map((text) => rowOf(text, "ridge", 1))],
    });
    expect(barsOf(three!).groups.map(({ category }) => category)).toEqual([
      "Own text",
      "RLHF's text",
      "Base's text",
      "sft's text",
    ]);
  });

  it("has given text, which nobody wrote", () => {
    const given = textOf(null, "base");
    const [figure] = figuresOf({ ...OWN, texts: [given], rows: [rowOf(given, "ridge", 5)] });
    expect(figure!.sentence).toBe(
      "In given texts, hidden states predict the token n = 1 places after the next one: base's in 50.0 % of positions.",
    );
    expect(figure!.table.rows[0]!.slice(0, 2)).toEqual(["base", "given"]);
  });

  it("has no interval of few documents, and says so", () => {
    const few = { report: { units: ["a", "b"], positions: [10, 10] } };
    const [base, rlhf] = [textOf("base", "base", few), textOf("rlhf", "rlhf", few)];
    const rows = OWN.rows.map((row) => {
      const cut = { text: row.report.text.slice(0, 2), own: [] };
      return { ...row, report: cut };
    });
    const [figure] = figuresOf({ ...OWN, texts: [base, rlhf], rows });
    expect(figure!.sentence).toContain("(too few documents to tell it from chance)");
    expect(figure!.sentence).not.toContain("the paper finds");
    expect(figure!.table.rows[0]!.slice(5, 8)).toEqual([40, null, null]);
  });

  it("is there once for each probe, and not at all where nothing is probed", () => {
    const lens = rowOf(BASE, "lens", 3);
    const ids = (probes: Probes) => figuresOf(probes).map(({ id }) => id);
    expect(ids({ ...OWN, rows: [...OWN.rows, lens] })).toEqual(["probe-ridge-1", "probe-lens-1"]);
    expect(ids({ ...OWN, rows: [] })).toEqual([]);
    expect(figuresOf(OWN, { probes: null })).toEqual([]);
    const none = { ...BASE, report: { units: [], positions: [] } };
    expect(ids({ ...OWN, texts: [none], rows: [rowOf(none, "ridge", 4)] })).toEqual([]);
  });
});

describe("the figure by layer", () => {
  const layered = (choose: readonly number[]): Probes => ({
    ...OWN,
    texts: [BASE],
    rows: [
      rowOf(BASE, "embedding", 1),
      ...choose.map((chosen, i) =>
        rowOf(BASE, "ridge", [2, 5, 4, 3][i]!, {
          layer: i + 1,
          choose: { text: chosen, own: 0 },
        }),
      ),
    ],
  });

  it("has all layers from the embeddings on, the paper's, and the one that would be chosen", () => {
    const figure = figuresOf(layered([1, 2, 2, 7])).find(({ id }) => id === "probe-layers-1")!;
    const [line, paper, chosen] = linesOf(figure).series;
    expect(line).toMatchObject({
      name: "Base, n = 1",
      points: [0.1, 0.2, 0.5, 0.4, 0.3].map((y, x) => ({ x, y })),
    });
    expect(paper).toMatchObject({ name: "the paper's layer, 3", drawnAs: "line" });
    expect(paper!.points).toEqual([
      { x: 3, y: 0.1 },
      { x: 3, y: 0.5 },
    ]);
    // The best where it is chosen is not the best where it is reported.
    expect(chosen!.points).toEqual([{ x: 4, y: 0.3, label: "Base, n = 1" }]);
    expect(figure.sentence).toBe(
      "Base, n = 1: of 4 layers the part that chooses would take 4, where 30.0 % of tokens are found; at the paper's, 3, 40.0 %.",
    );
    expect(figure.table.rows).toEqual([
      [0, 10],
      [1, 20],
      [2, 50],
      [3, 40],
      [4, 30],
    ]);
  });

  it("is not there where one layer was read", () => {
    expect(figuresOf(OWN).map(({ id }) => id)).toEqual(["probe-ridge-1"]);
  });
});

describe("the figures around anchors", () => {
  const place = (
    where: AnchorProbe["place"],
    bins: readonly (readonly [number, number, number])[],
    units = UNITS,
  ): AnchorProbe => {
    const column = (i: 0 | 1 | 2) => Array.from({ length: units }, () => bins.map((bin) => bin[i]));
    const at = { stage: "rlhf", ahead: 3, place: where, control: "prior" as const };
    return { ...at, positions: column(0), hits: column(1), controlHits: column(2) };
  };
  const before = [
    [10, 6, 2],
    [10, 2, 0],
  ] as const;
  const outside = [
    [40, 16, 8],
    [60, 6, 6],
  ] as const;
  const anchors = [place("before", before), place("inside", before), place("outside", outside)];

  it("have what is found at equal surprisal, by how much it exceeds the control, and where more", () => {
    const [, rates, excess] = figuresOf({ ...OWN, unit: "prompt", anchors });
    expect(linesOf(rates!).series.map(({ name, points }) => [name, points[0]])).toEqual([
      ["Before an anchor", { x: 3, y: 0.4 }],
      ["Inside an anchor", { x: 3, y: 0.4 }],
      ["Outside anchors", { x: 3, y: 0.25 }],
      ["Before an anchor, best control", { x: 3, y: 0.1 }],
      ["Inside an anchor, best control", { x: 3, y: 0.1 }],
      ["Outside anchors, best control", { x: 3, y: expect.closeTo(0.15, 12) as number }],
    ]);
    expect(rates!.table.rows[0]).toEqual([
      ...[3, "Before an anchor", 120, 40, "position in other samples", 10, 100],
    ]);
    expect(rates!.subject.at(-1)).toBe(
      "Positions before anchors: in 6 prompts; 100 % of them are as surprising as some inside and outside, and are compared",
    );
    expect(excess!.sentence).toBe(
      "The probe exceeds its best control, n = 3: +30.0 points before an anchor, +30.0 inside, +10.0 outside. Before less outside that is +20.0 points (n = 3); beyond chance.",
    );
    expect(excess!.table.rows).toEqual([[3, 30, 30, 30, 30, 30, 30, 10, 10, 10, 20, 20, 20]]);
  });

  it("have no interval of few prompts with anchors, and are not there without a place to compare", () => {
    const few = anchors.map(({ place: where }, i) => place(where, i === 2 ? outside : before, 3));
    const [, , excess] = figuresOf({ ...OWN, unit: "prompt", anchors: few });
    expect(excess!.sentence).toContain("too few prompts to tell it from chance");
    expect(excess!.table.rows[0]!.slice(1, 4)).toEqual([30, null, null]);
    expect(figuresOf({ ...OWN, anchors: anchors.slice(0, 2) })).toHaveLength(1);
    const apart = [anchors[0]!, anchors[1]!, place("outside", [])];
    expect(figuresOf({ ...OWN, anchors: apart })).toHaveLength(1);
  });
});

it("the report says what was probed and how its texts were drawn, and what is lacking", () => {
  const cells = inventedResult().cells.filter(({ measure }) => measure === "probes");
  const { methods, notes } = studyReport({ ...inventedResult(0), cells }, null);
  expect(methods).toContain(
    "HH, twins: the texts of probes were drawn by base, p 0.7; rlhf, p 0.9, of at most 64 tokens, temperature 1, seed 1",
  );
  expect(methods.some((line) => line.startsWith("HH: 6 prompts of "))).toBe(true);
  expect(methods.some((line) => line.startsWith("C4: 6 documents, "))).toBe(true);
  expect(notes).toEqual([]);
  const half = cells.map((cell) => ({ ...cell, isComplete: false, measured: 1 }));
  expect(studyReport({ ...inventedResult(0), cells: half }, null).notes).toEqual([
    "C4, twins: probes is not complete: 1 document so far.",
    "HH, twins: probes is not complete: 1 prompt so far.",
  ]);
});
