/** Whether models guess the last word of passages, and after how many wrong guesses (paper, Appendix D, Table 1). */
import { formatNumber, formatPercent } from "../../analysis/presentation/format";
import type { ResultCell, StudyResult } from "../../formats/study/studyResult";
import type { BarSeries, FigureTable, Interval, StudyFigure } from "../../protocol/studyFigure";
import { cellsOf, distinct, familyOf, stageName, stageTitle } from "./cells";
import { intervalCells } from "./intervalCells";
import { EXACT, F1, GUESSES, meanOf, totalOf, verdictOf } from "./shannonMeans";
import { corpusLabel, documentsLine } from "./words";

/** The paper's Table 1: Llama 2 on LAMBADA, shares and guesses. */
const QUOTED = [
  { name: "Llama 2 7B, base (paper)", exact: 0.6841, f1: 0.7031, guesses: 7.62 },
  { name: "Llama 2 7B, RLHF (paper)", exact: 0.567, f1: 0.6078, guesses: 9.99 },
  { name: "Llama 2 70B, base (paper)", exact: 0.676, f1: 0.731, guesses: 6.18 },
  { name: "Llama 2 70B, RLHF (paper)", exact: 0.6647, f1: 0.675, guesses: 8.64 },
] as const;

/** Two figures for each pair. */
export function shannonFigures(result: StudyResult): StudyFigure[] {
  const cells = cellsOf(result, "shannon");
  return distinct(cells.map(({ pair }) => pair)).flatMap((pair, i) => {
    const of = cells.filter((cell) => cell.pair === pair);
    return [wordsFigure(of, i + 1), guessesFigure(of, i + 1)];
  });
}

function wordsFigure(cells: readonly ResultCell[], number: number): StudyFigure {
  const { pair } = cells[0]!;
  const means = [EXACT, F1];
  return {
    id: `shannon-words-${number}`,
    title: `Is the last word guessed: ${pair}`,
    subject: passagesLine(cells),
    sentence: sentenceOf(cells, (stage, cell) => {
      const [own, base] = [stage, "base"].map((of) =>
        formatPercent(meanOf(cell, of, EXACT)!.value, 1),
      );
      return `says the last word in ${own} of passages, its base in ${base}${verdictOf(cell, stage, EXACT)}`;
    }),
    caption: `Exact match: the first word that a model goes on with is the hidden last word of the passage; F1: the overlap of both words' tokens; whiskers: 95 % intervals over passages. ${QUOTED_CAPTION}`,
    plot: {
      kind: "bars",
      groups: cells.flatMap((cell) =>
        ["Exact match", "F1"].map((label) => ({ label, category: corpusLabel(cell) })),
      ),
      series: [
        ...stagesOf(cells).map((stage) =>
          measured(
            stage,
            cells.flatMap((cell) => means.map((mean) => meanOf(cell, stage, mean))),
          ),
        ),
        ...quotedSeries(cells, ({ exact, f1 }) => [exact, f1]),
      ],
      y: { label: "Share", scale: "linear", format: "percent" },
    },
    table: tableOf(
      cells,
      ["Exact match, %", "from", "to", "F1, %", "from", "to"],
      (cell, stage) => means.flatMap((mean) => intervalCells(meanOf(cell, stage, mean), percent)),
      ({ exact, f1 }) => [exact, f1].flatMap((share) => [percent(share), null, null]),
    ),
  };
}

function guessesFigure(cells: readonly ResultCell[], number: number): StudyFigure {
  const { pair } = cells[0]!;
  return {
    id: `shannon-guesses-${number}`,
    title: `Wrong guesses before the last word: ${pair}`,
    subject: passagesLine(cells),
    sentence: sentenceOf(cells, (stage, cell) => {
      const [own, base] = [stage, "base"].map((of) =>
        formatNumber(meanOf(cell, of, GUESSES)!.value, 2),
      );
      return `makes ${own} wrong guesses for a token of the last word on average, its base ${base}${verdictOf(cell, stage, GUESSES)}`;
    }),
    caption: `Tokens that a model ranks before a token of the hidden last word, mean over all tokens of the last words of a set (the Shannon game); whiskers: 95 % intervals over passages. ${QUOTED_CAPTION}`,
    plot: {
      kind: "bars",
      groups: cells.map((cell) => ({ label: corpusLabel(cell), category: "" })),
      series: [
        ...stagesOf(cells).map((stage) =>
          measured(
            stage,
            cells.map((cell) => meanOf(cell, stage, GUESSES)),
          ),
        ),
        ...quotedSeries(cells, ({ guesses }) => [guesses]),
      ],
      y: { label: "Wrong guesses per token", scale: "linear", format: "number" },
    },
    table: tableOf(
      cells,
      ["Average guesses", "from", "to", "Tokens", "First choice, % of tokens", "Bits per word"],
      (cell, stage) => {
        const { tokens, firstChoices, bits, passages } = totalOf(cell, stage);
        const guesses = intervalCells(meanOf(cell, stage, GUESSES), (mean) =>
          Number(mean.toFixed(2)),
        );
        const perWord = Number((bits / passages).toPrecision(4));
        return [...guesses, tokens, percent(firstChoices / tokens), perWord];
      },
      ({ guesses }) => [guesses, null, null, null, null, null],
    ),
  };
}

const QUOTED_CAPTION =
  "The paper's Table 1, whose numbers, of Llama 2 on LAMBADA, stand beside: they are the paper's models, not these.";

function passagesLine(cells: readonly ResultCell[]): string[] {
  return documentsLine(cells, ["passage", "passages"], ["set", "sets"]);
}

function stagesOf(cells: readonly ResultCell[]): string[] {
  return cells[0]!.models.map(({ stage }) => stage);
}

function measured(stage: string, values: readonly (Interval | null)[]): BarSeries {
  return { name: stageTitle(stage), role: familyOf(stage), values };
}

/** Beside sets that are LAMBADA, or stand for it. */
function quotedSeries(
  cells: readonly ResultCell[],
  valuesOf: (quoted: (typeof QUOTED)[number]) => readonly number[],
): BarSeries[] {
  if (!cells.some(isLambada)) return [];
  return QUOTED.map((quoted) => ({
    name: quoted.name,
    role: "quoted",
    values: cells.flatMap((cell) =>
      valuesOf(quoted).map((value) => (isLambada(cell) ? { value, low: null, high: null } : null)),
    ),
  }));
}

function isLambada({ corpus, standsFor }: ResultCell): boolean {
  return /lambada/iu.test(standsFor ?? corpus);
}

function tableOf(
  cells: readonly ResultCell[],
  columns: readonly string[],
  numbersOf: (cell: ResultCell, stage: string) => readonly (number | null)[],
  quotedOf: (quoted: (typeof QUOTED)[number]) => readonly (number | null)[],
): FigureTable {
  return {
    columns: ["Passages", "Model", "Measured", ...columns],
    rows: [
      ...cells.flatMap((cell) =>
        stagesOf([cell]).map((stage) => [
          corpusLabel(cell),
          stageName(stage),
          cell.measured,
          ...numbersOf(cell, stage),
        ]),
      ),
      ...QUOTED.map((quoted) => [
        "LAMBADA, paper's Table 1",
        quoted.name,
        null,
        ...quotedOf(quoted),
      ]),
    ],
  };
}

/** In plain words, for each set and tuned model. */
function sentenceOf(
  cells: readonly ResultCell[],
  claimOf: (stage: string, cell: ResultCell) => string,
): string {
  return cells
    .flatMap((cell) =>
      stagesOf([cell])
        .slice(1)
        .map((stage) => {
          const model = `${cell.pair}'s ${stageName(stage)} model`;
          return `On ${corpusLabel(cell)}, ${model} ${claimOf(stage, cell)}.`;
        }),
    )
    .join(" ");
}

/** Two decimals, as the paper has it. */
function percent(share: number): number {
  return Number((100 * share).toFixed(2));
}
