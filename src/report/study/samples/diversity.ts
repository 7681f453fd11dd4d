/** How diverse samples are by nucleus, and at which nucleus base is as diverse as RLHF (paper §E.4, Table 4). */
import { crossing } from "../../../analysis/samples/matchedNucleus";
import { DIVERSITY_LENGTHS } from "../../../analysis/samples/diversity";
import { formatPercent } from "../../../analysis/presentation/format";
import { mean } from "../../../analysis/statistics/mean";
import { statisticInterval } from "../../../analysis/statistics/bootstrap";
import type { Writer } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { Interval, StudyFigure } from "../../../protocol/studyFigure";
import { familyOf, stageTitle } from "../cells";
import { intervalCells, percent } from "../intervalCells";
import { overPrompts } from "./overPrompts";
import {
  comparedWriter,
  diversityOf,
  isMatched,
  nucleiOf,
  plainWriters,
  rowsOf,
} from "./sampleRows";
import { TABLE_4 } from "./paperTable4";
import { LEAST_FILES } from "../../overall";
import { nameOf, placeOf, samplesLine, shownWriters } from "./shownWriters";

export function diversityFigure(cell: ResultCell, number: number): StudyFigure {
  const writers = writersByNucleus(cell);
  const values = writers.map((writer) => ({
    writer,
    name: nameOf(writer),
    all: overPrompts(rowsOf(cell, writer.key), diversityOf),
    lengths: DIVERSITY_LENGTHS.map((_, i) =>
      overPrompts(rowsOf(cell, writer.key), ({ diversity }) => diversity[i] ?? null),
    ),
  }));
  const isDrawn = writers.some(({ topP }) => topP !== null);
  return {
    id: `diversity-${number}`,
    title: `Diversity of samples: ${placeOf(cell)}`,
    subject: samplesLine(cell),
    sentence: isDrawn ? matchSentence(cell) : plainSentence(values),
    caption: `Different n-grams as a share of all n-grams in a prompt's samples (${unitOf(cell)}), mean of n = 1 to 4 and over prompts; ${isDrawn ? "bands" : "whiskers"}: 95 % intervals over prompts. The paper's Table 4, whose numbers stand in the table for comparison: of other models, prompts of Vicuna and longer samples.`,
    plot: isDrawn ? nucleusPlot(values) : lengthsPlot(values),
    table: {
      columns: [
        "Model",
        "p",
        ...DIVERSITY_LENGTHS.map((n) => `${n}-grams, %`),
        "Mean, %",
        "from",
        "to",
      ],
      rows: [
        ...values.map(({ writer, all, lengths }) => [
          stageTitle(writer.stage),
          writer.topP,
          ...lengths.map((length) => length && percent(length.value)),
          ...intervalCells(all, percent),
        ]),
        ...(isDrawn ? TABLE_4 : []).map(({ model, topP, shares }) => [
          `${model} (paper)`,
          topP,
          ...shares,
          Number(mean(shares).toFixed(2)),
          null,
          null,
        ]),
      ],
    },
  };
}

interface Measured {
  readonly writer: Writer;
  readonly name: string;
  readonly all: Interval | null;
  readonly lengths: readonly (Interval | null)[];
}

/** Both models and other stages by growing nucleus; samples from elsewhere as they are. */
function writersByNucleus(cell: ResultCell): Writer[] {
  const shown = shownWriters(cell).map(({ writer }) => writer);
  if (shown.every(({ topP }) => topP === null)) return shown;
  const plain = plainWriters(cell);
  const stages = [...new Set(plain.map(({ stage }) => stage))];
  return stages.flatMap((stage) =>
    plain.filter((one) => one.stage === stage).toSorted((a, b) => a.topP! - b.topP!),
  );
}

function nucleusPlot(values: readonly Measured[]): StudyFigure["plot"] {
  const stages = [...new Set(values.map(({ writer }) => writer.stage))];
  return {
    kind: "lines",
    x: { label: "Nucleus p", scale: "linear", format: "number" },
    y: { label: "Different n-grams of all", scale: "linear", format: "percent" },
    series: stages.map((stage) => ({
      name: stageTitle(stage),
      role: familyOf(stage),
      points: values.flatMap(({ writer, all }) =>
        writer.stage === stage && all
          ? [{ x: writer.topP!, y: all.value, low: all.low, high: all.high }]
          : [],
      ),
    })),
    diagonal: false,
  };
}

function lengthsPlot(values: readonly Measured[]): StudyFigure["plot"] {
  return {
    kind: "bars",
    groups: DIVERSITY_LENGTHS.map((n) => ({ label: `${n}-grams`, category: "" })),
    series: values.map(({ writer, name, lengths }) => ({
      name,
      role: familyOf(writer.stage),
      values: lengths,
    })),
    y: { label: "Different n-grams of all", scale: "linear", format: "percent" },
  };
}

/**
 * The nucleus at which base is as diverse as RLHF at its own, with its interval over prompts.
 * @returns null: it is not between those that were drawn
 */
export function matchedNucleus(cell: ResultCell): Interval | null {
  const nuclei = nucleiOf(cell);
  if (!isMatched(nuclei)) return null;
  const { base } = nuclei;
  const wanted = nuclei.wanted!;
  const p = statisticInterval(wanted.length, (prompts) => crossing(base, wanted, prompts));
  return wanted.length < LEAST_FILES ? { value: p.value, low: null, high: null } : p;
}

function matchSentence(cell: ResultCell): string {
  const rlhf = comparedWriter(cell, "rlhf");
  const { base, wanted } = nucleiOf(cell);
  if (rlhf === null || wanted === null) return "RLHF has drawn nothing yet.";
  const name = nameOf(rlhf);
  const [first, last] = [base[0], base.at(-1)];
  if (!first || !last) return "Base has drawn nothing yet.";
  const p = matchedNucleus(cell);
  if (p === null) {
    return mean(first.diversity) > mean(wanted)
      ? `Even at p ${first.topP}, base is more diverse than ${name}.`
      : `Even at p ${last.topP}, base is less diverse than ${name}.`;
  }
  const interval =
    p.low === null || p.high === null
      ? ""
      : ` (95 % interval over prompts ${p.low.toFixed(2)} to ${p.high.toFixed(2)})`;
  return `Base is as diverse as ${name} at p ${p.value.toFixed(2)}${interval}; the paper took base at 0.7 for Llama 2.`;
}

function plainSentence(values: readonly Measured[]): string {
  const known = values.flatMap(({ name, all }) =>
    all ? [`${name} ${formatPercent(all.value, 1)}`] : [],
  );
  return `Of all n-grams of a prompt's samples, so many are different: ${known.join(", ")}.`;
}

function unitOf({ samples }: ResultCell): string {
  const units = new Set(samples.map(({ unit }) => unit));
  return units.has("tokens") ? (units.size > 1 ? "tokens or words" : "base tokens") : "words";
}
