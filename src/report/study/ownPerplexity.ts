/** How well models predict what they, and each other, write (paper §3, Figure 5). */
import { formatPerplexity } from "../../analysis/presentation/format";
import { surprisalOf } from "../../formats/study/rows";
import {
  type ResultCell,
  SAMPLERS,
  type SamplerName,
  type StudyResult,
} from "../../formats/study/studyResult";
import type { Interval, StudyFigure } from "../../protocol/studyFigure";
import { againstRows, cellsOf, distinct, familyOf, stageName } from "./cells";
import { perplexityOf } from "./increase";
import { intervalCells } from "./intervalCells";
import { readKey } from "./ownKeys";
import { overDocuments } from "./overDocuments";
import { corpusLabel, documentsLine } from "./words";

/** A figure for each pair and way of writing. */
export function ownPerplexityFigures(result: StudyResult): StudyFigure[] {
  const cells = cellsOf(result, "own");
  return distinct(cells.map(({ pair }) => pair)).flatMap((pair, i) => {
    const of = cells.filter((cell) => cell.pair === pair);
    return SAMPLERS.map((sampler) => ownPerplexityFigure(of, sampler, i + 1));
  });
}

/** Who reads what whom has written. */
interface Reading {
  readonly writer: string;
  readonly reader: string;
  readonly name: string;
  /** `[corpus]`. */
  readonly values: readonly (Interval | null)[];
}

function ownPerplexityFigure(
  cells: readonly ResultCell[],
  sampler: SamplerName,
  number: number,
): StudyFigure {
  const { pair, models } = cells[0]!;
  const stages = models.map(({ stage }) => stage);
  const readings = stages.flatMap((writer) =>
    stages.map((reader): Reading => ({
      writer,
      reader,
      name:
        writer === reader
          ? `${stageName(writer)} on its own`
          : `${stageName(reader)} on ${stageName(writer)}'s`,
      values: cells.map((cell) => ownPerplexity([cell], readKey(writer, sampler, reader))),
    })),
  );
  return {
    id: `own-perplexity-${sampler}-${number}`,
    title: `Perplexity on ${sampler} text that the models wrote: ${pair}`,
    subject: documentsLine(cells),
    sentence: sentenceOf(readings, stages, cells.length),
    caption:
      "Perplexity of what the models wrote after the first words of documents, those words given and not counted; whiskers: 95 % intervals over documents. The paper's Figure 5.",
    plot: {
      kind: "bars",
      groups: cells.map((cell) => ({ label: corpusLabel(cell), category: cell.category })),
      series: readings.map(({ name, reader, writer, values }) => ({
        name,
        role: reader === writer ? familyOf(reader) : "other",
        values,
      })),
      y: { label: "Perplexity", scale: "linear", format: "number" },
    },
    table: {
      columns: ["Corpus", "Who reads whose text", "Perplexity", "from", "to"],
      rows: cells.flatMap((cell, i) =>
        readings.map(({ name, values }) => [
          corpusLabel(cell),
          name,
          ...intervalCells(values[i], (perplexity) => Number(perplexity.toPrecision(5))),
        ]),
      ),
    },
  };
}

/**
 * Perplexity of what models wrote, the mean over corpora.
 * @param key who wrote, how, and who reads
 */
export function ownPerplexity(cells: readonly ResultCell[], key: string): Interval | null {
  const corpora = cells.map(({ groups }) =>
    againstRows(groups, key)
      .map(surprisalOf)
      .map(({ bits, scoredTokens }) => ({ sum: bits, count: scoredTokens })),
  );
  return overDocuments(corpora, perplexityOf);
}

function sentenceOf(
  readings: readonly Reading[],
  stages: readonly string[],
  corpora: number,
): string {
  const mean = (writer: string, reader: string) => {
    const values = readings
      .find((one) => one.writer === writer && one.reader === reader)!
      .values.flatMap((interval) => interval?.value ?? []);
    return formatPerplexity(values.reduce((sum, value) => sum + value, 0) / values.length);
  };
  const own = stages.map((stage) => `${stageName(stage)} ${mean(stage, stage)}`).join(", ");
  const [base, ...others] = stages as [string];
  const crossed = (others as string[])
    .map(
      (stage) =>
        `base reads what ${stageName(stage)} wrote at ${mean(stage, base)}, and ${stageName(stage)} what base wrote at ${mean(base, stage)}`,
    )
    .join("; ");
  return `On their own text the models have these perplexities (mean over ${corpora === 1 ? "the corpus" : `${corpora} corpora`}): ${own}. Crossed, ${crossed}.`;
}
