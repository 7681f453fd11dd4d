import { describe, expect, it } from "vitest";
import { alignTexts } from "../../src/analysis/align/align";
import { encodeGaps } from "../../src/analysis/align/gapRuns";
import { DEFAULT_ANCHORS } from "../../src/analysis/samples/anchors";
import { NOT_SCORED, type RunSide } from "../../src/formats/run";
import { alignedRows, analyseRole, anchorsOf, storedAnalysis } from "../../src/jobs/runs/analysis";

const SENTENCE = "the same sentence in every sample, again";
const TEXTS = [`A ${SENTENCE}.`, `Then ${SENTENCE}!`, `${SENTENCE} 😀`];

const samples: RunSide["samples"] = TEXTS.map((text, index) => ({
  index,
  ended: null,
  text,
  tokens: null,
  scored: NOT_SCORED,
}));

const analysis = analyseRole({ samples, alignment: null, ngrams: null })!;
const anchors = anchorsOf(analysis, DEFAULT_ANCHORS);
const stored = storedAnalysis(analysis.view, anchors);

describe("the analysis of a model's samples", () => {
  it("is equal when its alignment comes from the run's file", () => {
    const again = analyseRole({ samples, alignment: stored.alignment, ngrams: null })!;
    expect(again.view).toEqual(analysis.view);
    expect(anchorsOf(again, DEFAULT_ANCHORS)).toEqual(anchors);
    expect(stored.anchors?.spans[0]?.text).toContain(SENTENCE);
  });

  it("takes a stored alignment for what it is, not for what the texts would give", () => {
    const columns = Math.max(...TEXTS.map((text) => [...text].length));
    const flush = TEXTS.map((text) => encodeGaps([...text].map((_, i) => i)));
    const alignment = { columns, hitBudget: false, rows: flush };
    expect(analyseRole({ samples, alignment, ngrams: null })?.view.rows).toEqual(flush);
  });

  it.each<[string, NonNullable<RunSide["alignment"]>]>([
    ["of other samples", { ...stored.alignment!, rows: stored.alignment!.rows.slice(1) }],
    ["with rows too short", { ...stored.alignment!, rows: TEXTS.map(() => [0, 3]) }],
    ["with rows beyond its columns", { ...stored.alignment!, columns: 1 }],
    ["with rows of any length", { ...stored.alignment!, rows: TEXTS.map(() => [0, 2 ** 52]) }],
  ])("makes an alignment %s anew", (_, alignment) => {
    expect(analyseRole({ samples, alignment, ngrams: null })?.view).toEqual(analysis.view);
  });

  it("holds for no samples, and for empty ones", () => {
    for (const texts of [[], ["", "", ""]]) {
      const empty = texts.map((text, index) => ({
        index,
        ended: null,
        text,
        tokens: null,
        scored: NOT_SCORED,
      }));
      const found = analyseRole({ samples: empty, alignment: null, ngrams: null })!;
      expect(found.view).toMatchObject({ columns: 0, overlap: null });
      expect(anchorsOf(found, DEFAULT_ANCHORS).anchors).toEqual([]);
    }
  });

  it("is given up when asked", () => {
    expect(
      analyseRole({ samples, alignment: null, ngrams: null }, { shouldStop: () => true }),
    ).toBeNull();
  });
});

describe("alignedRows", () => {
  it("are equally long, and without their gaps the texts", () => {
    const rows = alignedRows(TEXTS, alignTexts(TEXTS)!, "─");
    expect(new Set(rows.map((row) => [...row].length)).size).toBe(1);
    expect(rows.map((row) => row.replaceAll("─", ""))).toEqual(TEXTS);
  });
});
