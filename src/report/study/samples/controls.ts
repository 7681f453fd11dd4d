/** All writers side by side: what is compared, its controls, and other seeds (Lake et al. 2024 ask for such controls). */
import { SHARING_LENGTHS } from "../../../analysis/samples/ngrams";
import { formatPercent } from "../../../analysis/presentation/format";
import type { Writer } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { StudyFigure } from "../../../protocol/studyFigure";
import { familyOf, stageTitle } from "../cells";
import { intervalCells, percent } from "../intervalCells";
import { meanOfCurve, overPrompts } from "./overPrompts";
import { diversityOf, rowsOf } from "./sampleRows";
import { sharedBy } from "./sharing";
import { placeOf, samplesLine, shownWriters } from "./shownWriters";

/** null: nothing but what is compared was drawn. */
export function controlsFigure(cell: ResultCell, number: number): StudyFigure | null {
  const shown = shownWriters(cell).map(({ writer }) => writer);
  const controls = cell.writers.filter(
    (writer) =>
      CONTROLS.includes(writer.purpose) &&
      rowsOf(cell, writer.key).length > 0 &&
      !shown.includes(writer),
  );
  if (controls.length === 0) return null;
  const writers = [...shown, ...controls];
  const overlaps = writers.map(({ key }) =>
    overPrompts(rowsOf(cell, key), ({ overlap }) => meanOfCurve(overlap)),
  );
  const seeds = spreadWords(writers, overlaps);
  const nearest = controlWords(controls, (writer) => overlaps[writers.indexOf(writer)]?.value);
  return {
    id: `controls-${number}`,
    title: `Controls: ${placeOf(cell)}`,
    subject: samplesLine(cell),
    sentence: [nearest, seeds].filter(Boolean).join(" "),
    caption:
      "Mean overlap over positions and prompts of all that drew: both models, base with other prompts around it, other stages of training, other seeds; whiskers: 95 % intervals over prompts.",
    plot: {
      kind: "bars",
      groups: writers.map((writer) => ({ label: labelOf(writer), category: "" })),
      series: ["base", "rlhf", "other"].flatMap((family) => {
        const of = writers.map((writer) => familyOf(writer.stage) === family);
        if (!of.some(Boolean)) return [];
        const name = family === "other" ? "Other stages" : stageTitle(family);
        const role = family as "base" | "rlhf" | "other";
        return [{ name, role, values: overlaps.map((overlap, i) => (of[i] ? overlap : null)) }];
      }),
      y: { label: "Pairs that agree", scale: "linear", format: "percent" },
    },
    table: {
      columns: [
        "Samples of",
        "Overlap, %",
        "from",
        "to",
        "Diversity, %",
        "Share the 10-gram, %",
        "Anchors",
      ],
      rows: writers.map((writer, i) => {
        const rows = rowsOf(cell, writer.key);
        const tenth = sharedBy(SHARING_LENGTHS.indexOf(10));
        return [
          labelOf(writer),
          ...intervalCells(overlaps[i], percent),
          ...[overPrompts(rows, diversityOf), overPrompts(rows, tenth)].map(
            (mean) => mean && percent(mean.value),
          ),
          Number((overPrompts(rows, ({ anchors }) => anchors.length)?.value ?? 0).toFixed(2)),
        ];
      }),
    },
  };
}

const CONTROLS: readonly Writer["purpose"][] = ["frame", "stage", "seed"];

function labelOf({ key, stage }: Writer): string {
  return `${stageTitle(stage)}${key.slice(stage.length)}`;
}

function controlWords(
  controls: readonly Writer[],
  overlapOf: (writer: Writer) => number | undefined,
): string {
  const words = controls
    .filter(({ purpose }) => purpose !== "seed")
    .flatMap((writer) => {
      const overlap = overlapOf(writer);
      return overlap === undefined ? [] : [`${labelOf(writer)} ${formatPercent(overlap, 1)}`];
    });
  return words.length === 0 ? "" : `Overlap of the controls: ${words.join(", ")}.`;
}

/** How far the overlap differs from seed to seed. */
function spreadWords(
  writers: readonly Writer[],
  overlaps: readonly ({ readonly value: number } | null)[],
): string {
  const words = ["base", "rlhf"].flatMap((stage) => {
    const nuclei = new Set(
      writers
        .filter((one) => one.purpose === "seed" && one.stage === stage)
        .map(({ topP }) => topP),
    );
    const values = overlaps.flatMap((overlap, i) => {
      const { stage: of, topP, frame, purpose } = writers[i]!;
      const counts = of === stage && frame === null && nuclei.has(topP) && purpose !== "search";
      return counts && overlap ? [overlap.value] : [];
    });
    if (values.length < 2) return [];
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return [`${stageTitle(stage)} ${formatPercent(least, 1)} to ${formatPercent(most, 1)}`];
  });
  return words.length === 0 ? "" : `From seed to seed: ${words.join(", ")}.`;
}
