import { describe, expect, it } from "vitest";
import { COLUMNS, shannonRow, type ShannonSums } from "../../src/formats/study/rows";
import type { ResultCell, ResultModel, StudyResult } from "../../src/formats/study/studyResult";
import { shannonFigures } from "../../src/report/study/shannon";

const model = (stage: string): ResultModel => ({
  stage,
  name: `tiny ${stage}`,
  sha256: "",
  quantisation: "F32",
  bitsPerWeight: 32,
  parameters: 1,
  vocabularySize: 10,
  tokenizer: "BPE",
  tokenizerDigest: "",
  addsBos: true,
  device: "CPU",
  attention: "flash",
  batch: 64,
  engineVersion: "1",
  windows: { mode: "strided", window: 64, stride: 32, maxWindows: 0, bos: "on" },
});

/** One passage: `[said exactly, F1, ranks of the target tokens]`, one bit a token. */
type Passage = readonly [boolean, number, readonly number[]];

function rowOf([isExact, f1, ranks]: Passage): number[] {
  const sums: ShannonSums = {
    passages: 1,
    exact: isExact ? 1 : 0,
    f1,
    tokens: ranks.length,
    firstChoices: ranks.filter((rank) => rank === 1).length,
    guesses: ranks.reduce((sum, rank) => sum + rank - 1, 0),
    bits: ranks.length,
  };
  return shannonRow(sums);
}

function cellOf(
  corpus: string,
  stages: Readonly<Record<string, readonly Passage[]>>,
  more: Partial<ResultCell> = {},
): ResultCell {
  const names = Object.keys(stages);
  const count = stages.base!.length;
  return {
    pair: "P",
    corpus,
    category: "other",
    standsFor: null,
    measure: "shannon",
    dependsOn: "",
    isComplete: true,
    models: names.map(model),
    read: {
      documents: count,
      bytes: 1,
      sha256: "",
      files: 1,
      isCut: false,
      sources: [],
      skipped: [],
    },
    measured: count,
    failed: [],
    groupSize: 1,
    columns: { stages: [...COLUMNS.shannon.stages], against: [] },
    groups: Array.from({ length: count }, (_, i) => ({
      document: `l#${i + 1}`,
      documents: 1,
      stages: Object.fromEntries(names.map((name) => [name, rowOf(stages[name]![i]!)])),
      against: {},
    })),
    texts: [],
    writers: [],
    prompts: [],
    samples: [],
    chance: {},
    probes: null,
    readaptation: null,
    tradeoff: null,
    ...more,
  };
}

const figuresOf = (...cells: ResultCell[]) => {
  const result: StudyResult = {
    format: "twinlens-study-results",
    version: 1,
    twinlensVersion: "1",
    study: "s",
    cells,
  };
  return shannonFigures(result);
};

const RIGHT: Passage = [true, 1, [1, 1]];
const HALF: Passage = [false, 0.5, [1, 9]];
const WRONG: Passage = [false, 0, [25]];
/** Of six words base says four, RLHF none. */
const LAMBADA = {
  base: [RIGHT, RIGHT, RIGHT, RIGHT, HALF, WRONG],
  rlhf: [HALF, HALF, HALF, HALF, WRONG, WRONG],
};

describe("the Shannon game's figures", () => {
  it("have shares of passages, and guesses over all target tokens", () => {
    const [words, guesses] = figuresOf(cellOf("LAMBADA", LAMBADA));
    // Base: 4 of 6 words; F1 4.5 / 6. RLHF: none; F1 4 · 0.5 / 6.
    expect(words!.table.rows.slice(0, 2).map((row) => [row[1], row[2], row[3], row[6]])).toEqual([
      ["base", 6, 66.67, 75],
      ["RLHF", 6, 0, 33.33],
    ]);
    // Base: 8 + 24 guesses for 11 tokens, 9 at once. RLHF: 4 · 8 + 2 · 24 for 10, 4 at once.
    expect(guesses!.table.rows.slice(0, 2).map((row) => [row[3], ...row.slice(6)])).toEqual([
      [2.91, 11, 81.82, 1.833],
      [8, 10, 40, 1.667],
    ]);
    const [, from, to] = words!.table.rows[0]!.slice(3, 6) as number[];
    expect(from).toBeLessThan(66.67);
    expect(to).toBeGreaterThan(66.67);
  });

  it("say in words which model guesses better, and whether the paper finds so", () => {
    const [words, guesses] = figuresOf(cellOf("LAMBADA", LAMBADA));
    expect(words!.sentence).toBe(
      "On LAMBADA, P's RLHF model says the last word in 0.0 % of passages, its base in 66.7 % (fewer, as the paper finds).",
    );
    expect(guesses!.sentence).toBe(
      "On LAMBADA, P's RLHF model makes 8.00 wrong guesses for a token of the last word on average, its base 2.91 (more, as the paper finds).",
    );
    const turned = cellOf("LAMBADA", { base: LAMBADA.rlhf, sft: LAMBADA.base });
    expect(figuresOf(turned)[0]!.sentence).toContain(
      "P's sft model says the last word in 66.7 % of passages, its base in 0.0 % (more, which is not what the paper finds)",
    );
    const alike = cellOf("LAMBADA", { base: LAMBADA.base, rlhf: LAMBADA.base.toReversed() });
    expect(figuresOf(alike)[0]!.sentence).toContain("66.7 % (no difference beyond chance)");
    const few = cellOf("LAMBADA", { base: [RIGHT, WRONG], rlhf: [WRONG, WRONG] });
    expect(figuresOf(few)[0]!.sentence).toContain("too few passages");
    expect(figuresOf(few)[0]!.table.rows[0]!.slice(3, 6)).toEqual([50, null, null]);
  });

  it("have the paper's models beside LAMBADA, and only there", () => {
    const cells = [
      cellOf("LAMBADA", LAMBADA),
      cellOf("poems", LAMBADA),
      cellOf("mine", LAMBADA, { standsFor: "LAMBADA" }),
    ];
    const [words, guesses] = figuresOf(...cells);
    const quoted = (figure: typeof words) => {
      const { plot } = figure!;
      const series = plot.kind === "bars" ? plot.series : [];
      return series
        .filter(({ role }) => role === "quoted")
        .map(({ name, values }) => [name, values.map((value) => value?.value ?? null)]);
    };
    expect(quoted(words)).toContainEqual([
      "Llama 2 7B, RLHF (paper)",
      [0.567, 0.6078, null, null, 0.567, 0.6078],
    ]);
    expect(quoted(guesses).map(([name, values]) => [name, values![0]])).toEqual([
      ["Llama 2 7B, base (paper)", 7.62],
      ["Llama 2 7B, RLHF (paper)", 9.99],
      ["Llama 2 70B, base (paper)", 6.18],
      ["Llama 2 70B, RLHF (paper)", 8.64],
    ]);
    expect(words!.table.rows.at(-2)).toEqual([
      "LAMBADA, paper's Table 1",
      "Llama 2 70B, base (paper)",
      null,
      67.6,
      null,
      null,
      73.1,
      null,
      null,
    ]);
    expect(quoted(figuresOf(cellOf("poems", LAMBADA))[0])).toEqual([]);
  });
});
