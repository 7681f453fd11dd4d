/** Every prompt's anchors, each of which opens the prompt's run with its diagram (paper §4.3, Figures 8 to 12). */
import { DEFAULT_ANCHORS } from "../../../analysis/samples/anchors";
import { formatNumber } from "../../../analysis/presentation/format";
import type { PromptSamples } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import { runTarget } from "../../../protocol/documentTarget";
import type { StudyFigure } from "../../../protocol/studyFigure";
import { intervalCells, percent } from "../intervalCells";
import { meanOfCurve, overPrompts } from "./overPrompts";
import { comparedWriter, rowsOf } from "./sampleRows";
import { nameOf, placeOf, samplesLine, shownWriters } from "./shownWriters";

/** Anchors are looked for up to so many. */
const MOST_ANCHORS = DEFAULT_ANCHORS.limit;

export function anchorListFigure(cell: ResultCell, number: number): StudyFigure {
  const writers = shownWriters(cell);
  const numbers = Array.from({ length: MOST_ANCHORS + 1 }, (_, anchors) => anchors);
  const series = writers.map(({ writer, name, role }) => {
    const rows = rowsOf(cell, writer.key);
    const values = numbers.map((wanted) =>
      overPrompts(rows, ({ anchors }) => (anchors.length === wanted ? 1 : 0)),
    );
    return { name, role, values };
  });
  const means = writers.map(({ writer, name }) => {
    const mean = overPrompts(rowsOf(cell, writer.key), ({ anchors }) => anchors.length);
    return mean && `${name} ${formatNumber(mean.value, 1)}`;
  });
  const compared = ["base", "rlhf"].flatMap((stage) => comparedWriter(cell, stage) ?? []);
  const rows = cell.prompts.map(({ text, kind, run }, prompt) => {
    const found = compared.map(
      ({ key }) => rowsOf(cell, key).find((row) => row.prompt === prompt) ?? null,
    );
    return { target: run && runTarget(run), cells: [text, kind, ...found.flatMap(anchorCells)] };
  });
  return {
    id: `anchors-${number}`,
    title: `Anchors of every prompt: ${placeOf(cell)}`,
    subject: samplesLine(cell),
    sentence: `A prompt's samples have so many anchors on average, of at most ${MOST_ANCHORS}: ${means.filter(Boolean).join(", ")}.`,
    caption:
      "Prompts by how many anchors their samples have: texts of at least 30 characters that 20 % of the samples have at the same place. The table lists every prompt, and opens its run with the diagram of the paper's Figures 8 to 12.",
    plot: {
      kind: "bars",
      groups: numbers.map((anchors) => ({
        label: anchors === 0 ? "no anchor" : String(anchors),
        category: "",
      })),
      series,
      y: { label: "Prompts", scale: "linear", format: "percent" },
    },
    table: {
      columns: [
        "Prompt",
        "Kind",
        ...compared.flatMap((writer) => [
          `Anchors, ${nameOf(writer)}`,
          `Most frequent, ${nameOf(writer)}`,
          `Samples that have it, %, ${nameOf(writer)}`,
        ]),
      ],
      rows: rows.map(({ cells }) => cells),
      targets: rows.map(({ target }) => target),
    },
  };
}

function anchorCells(row: PromptSamples | null): (string | number | null)[] {
  if (row === null) return [null, null, null];
  const [most] = row.anchors.toSorted((a, b) => b.share - a.share);
  return [
    row.anchors.length,
    most?.text ?? null,
    most ? Number((100 * most.share).toFixed(1)) : null,
  ];
}

/** What kinds of prompts samples agree on most; null: prompts have no kinds. */
export function kindsFigure(cell: ResultCell, number: number): StudyFigure | null {
  const kinds = [...new Set(cell.prompts.flatMap(({ kind }) => kind ?? []))];
  if (kinds.length < 2) return null;
  const series = shownWriters(cell).map(({ writer, name, role }) => ({
    name,
    role,
    values: kinds.map((kind) =>
      overPrompts(
        rowsOf(cell, writer.key).filter(({ prompt }) => cell.prompts[prompt]?.kind === kind),
        ({ overlap }) => meanOfCurve(overlap),
      ),
    ),
  }));
  const last = series.at(-1)!;
  const ordered = kinds
    .map((kind, i) => ({ kind, value: last.values[i]?.value ?? 0 }))
    .toSorted((a, b) => b.value - a.value);
  return {
    id: `kinds-${number}`,
    title: `Overlap by kind of prompt: ${placeOf(cell)}`,
    subject: samplesLine(cell),
    sentence: `${last.name}'s samples agree most on ${ordered[0]!.kind}, and least on ${ordered.at(-1)!.kind}.`,
    caption:
      "Mean overlap over positions, and over prompts of a kind; whiskers: 95 % intervals over prompts, where a kind has at least five. Not in the paper.",
    plot: {
      kind: "bars",
      groups: kinds.map((kind) => ({ label: kind, category: "" })),
      series,
      y: { label: "Pairs that agree", scale: "linear", format: "percent" },
    },
    table: {
      columns: ["Kind", "Model", "Prompts", "Overlap, %", "from", "to"],
      rows: kinds.flatMap((kind, i) =>
        series.map(({ name, values }) => [
          kind,
          name,
          cell.prompts.filter((prompt) => prompt.kind === kind).length,
          ...intervalCells(values[i], percent),
        ]),
      ),
    },
  };
}
