import {
  formatNumber,
  formatSigned,
  NO_NUMBER,
  visibleText,
} from "../../analysis/presentation/format";
import { alignColumns } from "./columns";
import { agreementText, overallAgreementText } from "./agreement";
import { factLines } from "../../formats/facts";
import { increaseText } from "../../report/markdown";
import type { RoleNumbers, ScoreNumbers, TextNumbers } from "../../formats/scoreDocument";

const HEADER = [
  "file",
  "model",
  "perplexity",
  "bits",
  "bits/byte",
  "bits/word",
  "tokens scored",
  "against base",
] as const;

/** The numbers as an aligned table, then the models' differences, then the facts. */
export function toTable(document: ScoreNumbers): string {
  const rows = [HEADER, ...document.files.flatMap(fileRows)];
  const lines = [
    ...alignColumns(rows, 2),
    "",
    ...differenceLines(document),
    ...factLines(document),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function fileRows(file: TextNumbers): string[][] {
  const rows: string[][] = [];
  if (file.base) rows.push(row(file.name, "base", file.base, ""));
  if (file.rlhf) rows.push(row(file.name, "RLHF", file.rlhf, increaseText(file)));
  return rows;
}

function row(name: string, model: string, scores: RoleNumbers, increase: string): string[] {
  const { perplexity, perplexityError, bits, bitsPerByte, bitsPerWord, scoredTokens, tokens } =
    scores;
  return [
    visibleText(name),
    model,
    `${number(perplexity, 4)} ± ${number(perplexityError, 4)}`,
    number(bits, 1),
    number(bitsPerByte, 4),
    number(bitsPerWord, 3),
    `${formatNumber(scoredTokens, 0)} of ${formatNumber(tokens, 0)}`,
    increase,
  ];
}

/** How sure the difference is: per file, and over all of several. */
function differenceLines(document: ScoreNumbers): string[] {
  const lines = document.files.flatMap(({ name, comparison }) => {
    if (comparison === null) return [];
    const { paired, pairedPer, agreement } = comparison;
    const said = [
      ...(paired ? [`RLHF minus base ${intervalText(paired, pairedPer)}`] : []),
      ...(agreement ? [agreementText(agreement)] : []),
    ];
    return said.map((text) => `${visibleText(name)}: ${text}`);
  });
  const { overall } = document;
  if (overall) {
    const { macroIncreasePercent: macro, microIncreasePercent: micro } = overall;
    const { paired, pairedPer, pairedOver } = overall;
    const increase = `all files: ${percent(macro)} (mean of files), ${percent(micro)} (pooled)`;
    const drawn = pairedOver === "blocks" ? ", over blocks within the files" : ", over files";
    lines.push(
      paired ? `${increase}; RLHF minus base ${intervalText(paired, pairedPer, drawn)}` : increase,
    );
    if (overall.agreement) lines.push(`all files: ${overallAgreementText(overall.agreement)}`);
  }
  return lines.length > 0 ? [...lines, ""] : [];
}

/** @param drawn what the bootstrap drew, where that has to be said */
function intervalText(
  { value, low, high }: NonNullable<NonNullable<TextNumbers["comparison"]>["paired"]>,
  unit: string,
  drawn = "",
): string {
  const [mean, from, to] = [value, low, high].map((bits) => formatSigned(bits, 3));
  return `${mean} bits per ${unit} (95 %${drawn}: ${from} to ${to})`;
}

function percent(value: number | null): string {
  return value === null ? NO_NUMBER : `${formatSigned(value, 1)} %`;
}

function number(value: number | null, decimals: number): string {
  return formatNumber(value ?? NaN, decimals);
}
