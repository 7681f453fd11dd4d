/** How many samples of a prompt share n-grams (paper §4.2, Figures 7 and 15). */
import { SHARING_LENGTHS } from "../../../analysis/samples/ngrams";
import { formatPercent } from "../../../analysis/presentation/format";
import type { PromptSamples } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { StudyFigure } from "../../../protocol/studyFigure";
import { intervalCells, percent } from "../intervalCells";
import { overPrompts } from "./overPrompts";
import { rowsOf } from "./sampleRows";
import { placeOf, samplesLine, shownWriters } from "./shownWriters";

/** The samples that contain the most common n-gram, as a share of all, by n. */
export function sharingFigure(cell: ResultCell, number: number): StudyFigure {
  const series = shownWriters(cell).map(({ writer, name, role }) => ({
    name,
    role,
    values: SHARING_LENGTHS.map((_, i) => overPrompts(rowsOf(cell, writer.key), sharedBy(i))),
  }));
  const tenth = SHARING_LENGTHS.indexOf(10);
  const words = series.flatMap(({ name, values }) => {
    const shared = values[tenth];
    return shared ? [`${formatPercent(shared.value, 0)} of ${name}'s samples`] : [];
  });
  return {
    id: `sharing-${number}`,
    title: `Samples that share an n-gram: ${placeOf(cell)}`,
    subject: samplesLine(cell),
    sentence: `The most common 10-gram of a prompt is in ${words.join(", in ")}, on average over prompts.`,
    caption:
      "Samples that contain the n-gram that most samples of their prompt contain, as a share of the prompt's samples, mean over prompts; whiskers: 95 % intervals over prompts. The paper's Figure 7 (A).",
    plot: {
      kind: "bars",
      groups: SHARING_LENGTHS.map((n) => ({ label: `${n}-gram`, category: "" })),
      series,
      y: { label: "Samples that share it", scale: "linear", format: "percent" },
    },
    table: {
      columns: ["Model", "n", "Samples that share it, %", "from", "to"],
      rows: series.flatMap(({ name, values }) =>
        values.map((value, i) => [name, SHARING_LENGTHS[i]!, ...intervalCells(value, percent)]),
      ),
    },
  };
}

/** Shares, so that prompts with more samples compare with those with fewer. */
export function sharedBy(i: number): (row: PromptSamples) => number | null {
  return ({ sharing, compared }) => (compared === 0 ? null : (sharing[i] ?? 0) / compared);
}

/** How many 10-grams are in how many samples of their prompt. */
export function histogramFigure(cell: ResultCell, number: number): StudyFigure {
  const series = shownWriters(cell).map(({ writer, name, role }) => {
    const counts = binned(rowsOf(cell, writer.key));
    const points = counts.flatMap((count, bin) =>
      count > 0 ? [{ x: (bin + 0.5) / HISTOGRAM_BINS, y: count }] : [],
    );
    return { name, role, counts, points };
  });
  const most = series.map(({ name, counts }) => {
    const last = counts.findLastIndex((count) => count > 0);
    return `${name} has 10-grams in up to ${formatPercent((last + 1) / HISTOGRAM_BINS, 0)} of a prompt's samples`;
  });
  return {
    id: `ten-grams-${number}`,
    title: `10-grams by how many samples have them: ${placeOf(cell)}`,
    subject: samplesLine(cell),
    sentence: `${most.join("; ")}.`,
    caption:
      "Number of different 10-grams, of all prompts together, by the share of their prompt's samples that contain them, in steps of 5 %. The paper's Figures 7 (B) and 15.",
    plot: {
      kind: "lines",
      x: { label: "Share of a prompt's samples", scale: "linear", format: "percent" },
      y: { label: "10-grams", scale: "log", format: "number" },
      series: series.map(({ name, role, points }) => ({ name, role, points })),
      diagonal: false,
    },
    table: {
      columns: ["Samples that have them, up to %", ...series.map(({ name }) => name)],
      rows: Array.from({ length: HISTOGRAM_BINS }, (_, bin) => [
        (100 * (bin + 1)) / HISTOGRAM_BINS,
        ...series.map(({ counts }) => counts[bin]!),
      ]),
    },
  };
}

const HISTOGRAM_BINS = 20;

function binned(rows: readonly PromptSamples[]): number[] {
  const bins = Array.from({ length: HISTOGRAM_BINS }, () => 0);
  for (const { tenGrams, compared } of rows) {
    tenGrams.forEach((count, samples) => {
      if (samples === 0 || compared === 0) return;
      const bin = Math.ceil((samples / compared) * HISTOGRAM_BINS) - 1;
      bins[Math.min(bin, HISTOGRAM_BINS - 1)]! += count;
    });
  }
  return bins;
}
