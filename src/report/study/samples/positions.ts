/** What samples have in common by position: overlap, anchors, entropy (paper §4.2 and §4.3, Figures 1, 13 and 14). */
import { formatPercent } from "../../../analysis/presentation/format";
import type { PromptSamples } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import { CHANCE_NAMES } from "../../chanceView";
import type { Axis, Interval, PointSeries, StudyFigure } from "../../../protocol/studyFigure";
import { intervalCells } from "../intervalCells";
import { curvePoints, meanOfCurve, overPrompts } from "./overPrompts";
import { rowsOf } from "./sampleRows";
import { placeOf, samplesLine, type ShownWriter, shownWriters } from "./shownWriters";

interface Quantity {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly y: Axis;
  readonly curve: (row: PromptSamples) => readonly (number | null)[] | null;
  readonly sentence: (means: readonly MeanOf[]) => string;
  /** Of a mean, as the table has it. */
  readonly write: (value: number) => number;
  /** Which chance level there is of it; null: none. */
  readonly chance: "overlap" | "alignedShare" | null;
}

/** A curve's mean over positions, over prompts. */
interface MeanOf {
  readonly name: string;
  readonly mean: Interval | null;
}

const SHARE = (label: string): Axis => ({ label, scale: "linear", format: "percent" });
const percent = (share: number) => Number((100 * share).toFixed(3));
const known = (means: readonly MeanOf[], write: (value: number) => string) =>
  means.flatMap(({ name, mean: of }) => (of ? [`${name} ${write(of.value)}`] : [])).join(", ");

const POSITIONS =
  "by relative position among the columns that at least 5 samples have, mean over prompts; bands: 95 % intervals over prompts.";

const QUANTITIES: readonly Quantity[] = [
  {
    id: "overlap",
    title: "Overlap of aligned samples",
    caption: `Pairs of a prompt's samples with the same character at the same place of their alignment, as a share of all pairs, ${POSITIONS} Grey: what it is by chance. The paper's Figures 1 and 13.`,
    y: SHARE("Pairs that agree"),
    curve: ({ overlap }) => overlap,
    sentence: (means) =>
      `So many pairs of samples agree, mean over positions and prompts: ${known(means, (share) => formatPercent(share, 1))}.`,
    write: percent,
    chance: "overlap",
  },
  {
    id: "aligned",
    title: "Samples aligned with at least five others",
    caption: `Samples whose character at least five others have at the same place, as a share of all, ${POSITIONS} Grey: what it is by chance. The caption of the paper's Figure 1.`,
    y: SHARE("Samples aligned with 5 others"),
    curve: ({ alignedShare }) => alignedShare,
    sentence: (means) =>
      `So many samples stand with five others, mean over positions and prompts: ${known(means, (share) => formatPercent(share, 1))}.`,
    write: percent,
    chance: "alignedShare",
  },
  {
    id: "anchor-share",
    title: "Samples in an anchor",
    caption: `Samples whose character lies in an anchor, a text of at least 30 characters that 20 % of the samples have at the same place, as a share of all, ${POSITIONS} The paper's Figure 14.`,
    y: SHARE("Samples in an anchor"),
    curve: ({ anchorShare }) => anchorShare,
    sentence: (means) =>
      `So much of the samples lies in anchors, mean over positions and prompts: ${known(means, (share) => formatPercent(share, 1))}.`,
    write: percent,
    chance: null,
  },
  {
    id: "entropy",
    title: "Entropy along the samples",
    caption: `Entropy of the model's own distribution where its tokens begin, mean over a prompt's samples, ${POSITIONS} Not in the paper.`,
    y: { label: "Entropy, bits", scale: "linear", format: "number" },
    curve: ({ entropyBits }) => entropyBits,
    sentence: (means) =>
      `Models hesitate by so many bits as they write, mean over positions and prompts: ${known(means, (bits) => bits.toFixed(2))}.`,
    write: (bits) => Number(bits.toFixed(4)),
    chance: null,
  },
];

/** A figure for each quantity that is known. */
export function positionFigures(cell: ResultCell, number: number): StudyFigure[] {
  return QUANTITIES.flatMap((quantity) => positionFigure(cell, quantity, number) ?? []);
}

function positionFigure(cell: ResultCell, quantity: Quantity, number: number): StudyFigure | null {
  const { id, title, caption, y, curve, sentence, write } = quantity;
  const writers = shownWriters(cell);
  const series = writers.map(({ writer, name, role }) => ({
    name,
    role,
    points: curvePoints(rowsOf(cell, writer.key), curve),
  }));
  if (series.every(({ points }) => points.length === 0)) return null;
  const means = writers.map(({ writer, name }) => ({
    name,
    mean: overPrompts(rowsOf(cell, writer.key), (row) => meanOfCurve(curve(row))),
    without: rowsOf(cell, writer.key).filter((row) => curve(row) === null).length,
  }));
  const levels = writers.flatMap((shown) => chanceOf(cell, quantity, shown) ?? []);
  return {
    id: `${id}-${number}`,
    title: `${title}: ${placeOf(cell)}`,
    subject: samplesLine(cell),
    sentence: sentence(means),
    caption,
    plot: {
      kind: "lines",
      x: SHARE("Position in the aligned samples"),
      y,
      series: [...series, ...levels.map(({ line }) => line)],
      diagonal: false,
    },
    table: {
      columns: [
        "Model",
        y.format === "percent" ? "Mean, %" : "Mean",
        "from",
        "to",
        "Prompts left out",
      ],
      rows: [
        ...means.map(({ name, mean: of, without }) => [name, ...intervalCells(of, write), without]),
        ...levels.map(({ line, all }) => [line.name, ...intervalCells(all, write), 0]),
      ],
    },
  };
}

function chanceOf(
  { chance }: ResultCell,
  { chance: which }: Quantity,
  { writer, name }: ShownWriter,
): { line: PointSeries; all: Interval } | null {
  const level = chance[writer.key];
  if (which === null || !level) return null;
  const { mean: values, low, high, all } = level[which];
  const points = values.map((y, position) => ({
    x: (position + 0.5) / values.length,
    y,
    low: low?.[position] ?? null,
    high: high?.[position] ?? null,
  }));
  const line = { name: `${name}, by chance (${CHANCE_NAMES[level.kind]})`, points };
  return { line: { ...line, role: "quoted" }, all };
}
