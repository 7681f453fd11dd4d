/** How much probability models put on their first choices, and how many they leave (paper §3, Figures 3, 4, 16). */
import { formatNumber, formatPercent } from "../../analysis/presentation/format";
import type { Sums } from "../../analysis/statistics/bootstrap";
import { sharpnessOf } from "../../formats/study/rows";
import {
  type ResultCell,
  SAMPLERS,
  type SamplerName,
  type StudyResult,
} from "../../formats/study/studyResult";
import { CONCENTRATION_KS } from "../../protocol/scores";
import type { Interval, StudyFigure } from "../../protocol/studyFigure";
import { cellsOf, distinct, familyOf, modelOf, stageName, stageRows, stageTitle } from "./cells";
import { intervalCells } from "./intervalCells";
import { ownKey } from "./ownKeys";
import { overDocuments } from "./overDocuments";
import { documentsLine } from "./words";

/** A model on one kind of text, over all corpora of a pair. */
export interface Reading {
  readonly stage: string;
  /** `given text`, or how the model wrote it. */
  readonly text: "given text" | SamplerName;
  readonly name: string;
  /** `[corpus][document]` of sums. */
  readonly corpora: readonly (readonly ReturnType<typeof sharpnessOf>[])[];
}

/** Two figures for each pair. */
export function sharpnessFigures(result: StudyResult): StudyFigure[] {
  const gold = cellsOf(result, "concentration");
  const own = cellsOf(result, "own");
  const pairs = distinct([...gold, ...own].map(({ pair }) => pair));
  return pairs.flatMap((pair, i) => {
    const of = (cells: readonly ResultCell[]) => cells.filter((cell) => cell.pair === pair);
    const [given, written] = [of(gold), of(own)];
    const [first] = [...given, ...written];
    const stages = first!.models.map(({ stage }) => stage);
    const readings = stages.flatMap((stage) => readingsOf(stage, given, written));
    const about = { pair, cells: given.length > 0 ? given : written, readings, number: i + 1 };
    return [concentrationFigure(about), coverageFigure(about)];
  });
}

/**
 * A model on every kind of text of which there are numbers.
 * @param given cells of `concentration`
 * @param written cells of `own`
 */
export function readingsOf(
  stage: string,
  given: readonly ResultCell[],
  written: readonly ResultCell[],
): Reading[] {
  const reading = (text: Reading["text"], cells: readonly ResultCell[], key: string): Reading => ({
    stage,
    text,
    name:
      text === "given text"
        ? `${stageTitle(stage)}, given text`
        : `${stageTitle(stage)}, own ${text} text`,
    corpora: cells.map(({ groups }) => stageRows(groups, key).map(sharpnessOf)),
  });
  const all = [
    reading("given text", given, stage),
    ...SAMPLERS.map((sampler) => reading(sampler, written, ownKey(stage, sampler))),
  ];
  return all.filter(({ corpora }) => corpora.some((documents) => documents.length > 0));
}

interface About {
  readonly pair: string;
  readonly cells: readonly ResultCell[];
  readonly readings: readonly Reading[];
  readonly number: number;
}

function concentrationFigure({ pair, cells, readings, number }: About): StudyFigure {
  const ks = ksOf(cells);
  const curves = readings.map((reading) =>
    ks.map((_, i) => meanOf(reading, ({ concentration }) => concentration[i]!)),
  );
  return {
    id: `concentration-${number}`,
    title: `Probability of the k most probable tokens: ${pair}`,
    subject: documentsLine(cells),
    sentence: sharpestSentence(
      pair,
      readings,
      curves.map(([first]) => first ?? null),
    ),
    caption:
      "Mean summed probability of the k most probable tokens, C(k): over the tokens of each corpus, then over corpora; bands: 95 % intervals over documents. The paper's Figures 3 and 16.",
    plot: {
      kind: "lines",
      x: { label: "k", scale: "log", format: "number" },
      y: { label: "Mean summed probability", scale: "linear", format: "percent" },
      series: readings.map(({ name, stage }, i) => ({
        name,
        role: familyOf(stage),
        points: ks.flatMap((k, at) => {
          const mean = curves[i]![at];
          return mean ? [{ x: k, y: mean.value, low: mean.low, high: mean.high }] : [];
        }),
      })),
      diagonal: false,
    },
    table: {
      columns: ["Model and text", ...ks.map((k) => `C(${formatNumber(k, 0)}), %`)],
      rows: readings.map(({ name }, i) => [name, ...curves[i]!.map(percentOf)]),
    },
  };
}

/** The k that all vocabularies have. */
export function ksOf(cells: readonly ResultCell[]): readonly number[] {
  const sizes = cells.flatMap(({ models }) => models.map((model) => model.vocabularySize));
  return CONCENTRATION_KS.filter((k) => k <= Math.min(...sizes));
}

/** The first choice alone is what the paper's claim is about. */
function sharpestSentence(
  pair: string,
  readings: readonly Reading[],
  tops: readonly (Interval | null)[],
): string {
  const known = readings.flatMap(({ name }, i) => {
    const top = tops[i];
    return top ? [{ name, value: top.value }] : [];
  });
  if (known.length === 0) return "Nothing was measured yet.";
  const sorted = known.toSorted((a, b) => b.value - a.value);
  const [most, least] = [sorted[0]!, sorted.at(-1)!];
  const of = ({ name, value }: typeof most) => `${name} (${formatPercent(value, 1)})`;
  if (sorted.length === 1) return `For ${pair}, the first choice has on average: ${of(most)}.`;
  return `For ${pair}, the first choice has most probability with ${of(most)}, and least with ${of(least)}.`;
}

function coverageFigure({ pair, cells, readings, number }: About): StudyFigure {
  const means = readings.map((reading) => meanOf(reading, ({ coverage }) => coverage));
  const texts = distinct(readings.map(({ text }) => text)) as Reading["text"][];
  const stages = distinct(readings.map(({ stage }) => stage));
  const meanFor = (stage: string, text: string) =>
    means[readings.findIndex((one) => one.stage === stage && one.text === text)] ?? null;
  const size = (stage: string) => modelOf(cells[0]!, stage)?.vocabularySize ?? NaN;
  return {
    id: `coverage-${number}`,
    title: `Tokens that are not out of the question: ${pair}`,
    subject: documentsLine(cells),
    sentence: coverageSentence(texts, stages, meanFor),
    caption:
      "Mean number of vocabulary entries with a probability above 10⁻⁸: over the tokens of each corpus, then over corpora; whiskers: 95 % intervals over documents. The paper's Figure 4.",
    plot: {
      kind: "bars",
      groups: texts.map((text) => ({ label: textLabel(text), category: "" })),
      series: stages.map((stage) => ({
        name: stageTitle(stage),
        role: familyOf(stage),
        values: texts.map((text) => meanFor(stage, text)),
      })),
      y: { label: "Tokens", scale: "linear", format: "number" },
    },
    table: {
      columns: ["Model and text", "Tokens", "from", "to", "% of the vocabulary"],
      rows: readings.map(({ name, stage }, i) => {
        const mean = means[i];
        const numbers = intervalCells(mean, (tokens) => Number(tokens.toFixed(1)));
        const share = mean ? Number(((100 * mean.value) / size(stage)).toPrecision(4)) : null;
        return [name, ...numbers, Number.isFinite(share) ? share : null];
      }),
    },
  };
}

function textLabel(text: Reading["text"]): string {
  return text === "given text" ? "Given text" : `Own ${text} text`;
}

function coverageSentence(
  texts: readonly Reading["text"][],
  stages: readonly string[],
  meanFor: (stage: string, text: string) => Interval | null,
): string {
  return texts
    .map((text) => {
      const known = stages.flatMap((stage) => {
        const mean = meanFor(stage, text);
        return mean ? [`${formatNumber(mean.value, 0)} for ${stageName(stage)}`] : [];
      });
      return `${textLabel(text)}: ${known.join(", ")} tokens on average.`;
    })
    .join(" ");
}

/** Mean over the tokens of each corpus, then over corpora. */
export function meanOf(
  { corpora }: Reading,
  of: (sums: ReturnType<typeof sharpnessOf>) => number,
): Interval | null {
  return overDocuments(
    corpora.map((documents) =>
      documents.map((sums): Sums => ({ sum: of(sums), count: sums.scored })),
    ),
  );
}

function percentOf(interval: Interval | null): number | null {
  return interval && Number((100 * interval.value).toFixed(3));
}
