/** How much worse tuned models predict given text than their base (paper §2.1, Figure 2A). */
import { type CommonSums, increasePercent } from "../../analysis/scores/commonText";
import { formatNumber, formatSigned } from "../../analysis/presentation/format";
import type { Sums } from "../../analysis/statistics/bootstrap";
import { commonOf, surprisalOf } from "../../formats/study/rows";
import type { ResultCell, StudyResult } from "../../formats/study/studyResult";
import type { Interval, StudyFigure } from "../../protocol/studyFigure";
import {
  againstRows,
  cellsOf,
  type ComparedStage,
  comparedStages,
  distinct,
  familyOf,
  stageName,
  stageRows,
  unitOf,
} from "./cells";
import { intervalCells } from "./intervalCells";
import { overDocuments, pooledMean } from "./overDocuments";
import { corpusLabel, documentsLine } from "./words";

/** One model against its base on one corpus. */
interface Increase {
  /** Of the pooled perplexities, a share: 0.1 is 10 %. */
  readonly micro: Interval;
  /** Mean of the documents' increases. */
  readonly macro: Interval | null;
}

export function increaseFigure(result: StudyResult): StudyFigure | null {
  const cells = cellsOf(result, "perplexity");
  const stages = comparedStages(cells);
  if (stages.length === 0) return null;
  const corpora = distinct(cells.map(({ corpus }) => corpus));
  const cellOf = (corpus: string, { pair }: ComparedStage) =>
    cells.find((cell) => cell.corpus === corpus && cell.pair === pair);
  const increases = stages.map((stage) =>
    corpora.map((corpus) => {
      const cell = cellOf(corpus, stage);
      return cell ? increaseOf(cell, stage.stage) : null;
    }),
  );
  const groups = corpora.map((corpus) => cells.find((cell) => cell.corpus === corpus)!);
  return {
    id: "perplexity-increase",
    title: "Perplexity increase over the base model",
    subject: documentsLine(cells),
    sentence: sentenceOf(stages, increases),
    caption:
      "Perplexity of the tuned model over that of its base, less one, of all documents of a corpus pooled, on the text that both scored; whiskers: 95 % intervals over documents. Where tokenizers differ, bits per byte in place of perplexity. The paper's Figure 2 (A).",
    plot: {
      kind: "bars",
      groups: groups.map((cell) => ({ label: corpusLabel(cell), category: cell.category })),
      series: stages.map(({ name, stage }, i) => ({
        name,
        role: familyOf(stage),
        values: increases[i]!.map((increase) => increase?.micro ?? null),
      })),
      y: { label: "Perplexity increase", scale: "linear", format: "percent" },
    },
    table: {
      columns: [
        "Category",
        "Corpus",
        "Model",
        "Documents",
        "Tokens",
        "Base perplexity",
        "Perplexity",
        "Base bits per byte",
        "Bits per byte",
        "Increase, pooled, %",
        "from",
        "to",
        "Increase, mean of documents, %",
        "from",
        "to",
      ],
      rows: groups.flatMap((group, i) =>
        stages.flatMap((stage, j) => {
          const cell = cellOf(group.corpus, stage);
          const increase = increases[j]![i];
          return cell && increase ? [tableRow(cell, stage, increase)] : [];
        }),
      ),
    },
  };
}

function increaseOf(cell: ResultCell, stage: string): Increase | null {
  const micro = pooledIncrease(cell, stage);
  return micro && { micro, macro: meanIncrease(cell, stage) };
}

/** Of the pooled perplexities, a share; null: there is nothing to compare. */
export function pooledIncrease(cell: ResultCell, stage: string): Interval | null {
  const unit = unitOf(cell, stage);
  const sums = commonRows(cell, stage).map(({ base, rlhf, baseTokens }): Sums =>
    unit === "token" ? { sum: rlhf - base, count: baseTokens } : { sum: rlhf, count: base },
  );
  return overDocuments([sums], (mean) => (unit === "token" ? 2 ** mean : mean) - 1);
}

/** Mean of the documents' increases, a share; null: there is nothing to compare. */
export function meanIncrease(cell: ResultCell, stage: string): Interval | null {
  const each = commonRows(cell, stage).flatMap((one): Sums[] => {
    const percent = increasePercent(one);
    return percent === null ? [] : [{ sum: percent / 100, count: 1 }];
  });
  return overDocuments([each]);
}

/** Documents' bits over their tokens, of which a perplexity is made: of the text that a model and its base both scored. */
export function perplexitySums(cell: ResultCell, stage: string): Record<"base" | "other", Sums[]> {
  const common = commonRows(cell, stage);
  return {
    base: common.map(({ base, baseTokens }) => ({ sum: base, count: baseTokens })),
    other: common.map(({ rlhf, rlhfTokens }) => ({ sum: rlhf, count: rlhfTokens })),
  };
}

/** @param bits per token */
export function perplexityOf(bits: number): number {
  return 2 ** bits;
}

/** Documents' bits over their bytes or words: of all that a model scored. */
export function bitsSums(cell: ResultCell, stage: string, per: "bytes" | "words"): Sums[] {
  return stageRows(cell.groups, stage).map((row) => {
    const surprisal = surprisalOf(row);
    return { sum: surprisal.bits, count: surprisal[per] };
  });
}

function commonRows(cell: ResultCell, stage: string): CommonSums[] {
  const unit = unitOf(cell, stage);
  return againstRows(cell.groups, stage).map((row) => commonOf(row, unit));
}

function tableRow(
  cell: ResultCell,
  { stage, name }: ComparedStage,
  { micro, macro }: Increase,
): (string | number | null)[] {
  const { base, other } = perplexitySums(cell, stage);
  const perplexity = (sums: readonly Sums[]) => rounded(perplexityOf(pooledMean(sums)), 5);
  const perByte = (of: string) => rounded(pooledMean(bitsSums(cell, of, "bytes")), 4);
  const percents = [micro, macro].flatMap((interval) =>
    intervalCells(interval, (share) => Number((100 * share).toPrecision(4))),
  );
  return [
    cell.category,
    corpusLabel(cell),
    name,
    cell.measured,
    base.reduce((tokens, { count }) => tokens + count, 0),
    perplexity(base),
    perplexity(other),
    perByte("base"),
    perByte(stage),
    ...percents,
  ];
}

function rounded(value: number, digits: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}

/** In plain words, also where it contradicts the paper. */
function sentenceOf(
  stages: readonly ComparedStage[],
  increases: readonly (readonly (Increase | null)[])[],
): string {
  return stages.map((stage, i) => stageSentence(stage, increases[i]!)).join(" ");
}

function stageSentence(
  { pair, stage }: ComparedStage,
  increases: readonly (Increase | null)[],
): string {
  const known = increases.filter((increase) => increase !== null).map(({ micro }) => micro);
  const worse = known.filter(({ low }) => low !== null && low > 0).length;
  const better = known.filter(({ high }) => high !== null && high < 0).length;
  const unsure = known.filter(({ low }) => low === null).length;
  const open = known.length - worse - better - unsure;
  const values = known.map(({ value }) => 100 * value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const range =
    known.length === 1
      ? `${formatSigned(least, 1)} %`
      : `${formatSigned(least, 1)} % to ${formatSigned(most, 1)} %`;
  const model = `${pair}'s ${stageName(stage)} model`;
  const parts = [
    worse > 0 ? `worse than its base on ${ofCorpora(worse, known.length)}` : "",
    better > 0
      ? `better on ${ofCorpora(better, known.length)}, which is not what the paper finds`
      : "",
    open > 0 ? `no differently than chance explains on ${ofCorpora(open, known.length)}` : "",
  ].filter((part) => part !== "");
  const claim =
    parts.length > 0
      ? `${model} predicts ${parts.join(", and ")} (perplexity ${range}).`
      : `${model}: perplexity ${range} against its base.`;
  if (unsure === 0) return claim;
  const where = ofCorpora(unsure, known.length);
  return `${claim} There are too few documents to tell a difference from chance on ${where}.`;
}

function ofCorpora(count: number, all: number): string {
  if (all === 1) return "the one corpus";
  return count === all
    ? `all ${formatNumber(all, 0)} corpora`
    : `${formatNumber(count, 0)} of ${formatNumber(all, 0)} corpora`;
}
