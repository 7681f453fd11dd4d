import { isOfAllScored } from "../analysis/presentation/comparisonText";
import { formatNumber, formatSigned } from "../analysis/presentation/format";
import type { RoleNumbers, ScoreNumbers, TextNumbers } from "../formats/scoreDocument";
import { factLines } from "../formats/facts";

/** The numbers of every file as a Markdown table, then the facts as a list; names are escaped. */
export function toMarkdown(document: ScoreNumbers): string {
  const rows = document.files.flatMap(fileRows);
  const facts = factLines(document).map((line) => `- ${plainInMarkdown(line)}`);
  return [
    "| File | Model | Perplexity | Bits | Bits per byte | Bits per word | Scored tokens | Against base |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
    "",
    ...facts,
    "",
  ].join("\n");
}

function fileRows(file: TextNumbers): string[] {
  const rows: string[] = [];
  if (file.base) rows.push(row(file.name, "base", file.base, ""));
  if (file.rlhf) rows.push(row(file.name, "RLHF", file.rlhf, increaseText(file)));
  return rows;
}

function row(name: string, model: string, scores: RoleNumbers, increase: string): string {
  const perplexity = `${number(scores.perplexity, 2)} ± ${number(scores.perplexityError, 2)}`;
  const cells = [
    plainInMarkdown(name),
    model,
    perplexity,
    number(scores.bits, 1),
    number(scores.bitsPerByte, 3),
    number(scores.bitsPerWord, 2),
    `${formatNumber(scores.scoredTokens, 0)} of ${formatNumber(scores.tokens, 0)}`,
    increase,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** `+54.0 %`, with the measure where it is not the perplexity, and the text where it is not all that was scored. */
export function increaseText({ base, rlhf, comparison }: TextNumbers): string {
  if (!comparison || comparison.increasePercent === null) return "";
  const notes = [
    ...(comparison.increaseOf === "perplexity" ? [] : ["bits per byte"]),
    ...(isOfAllScored({ base, rlhf, common: comparison.common }) ? [] : ["common text"]),
  ];
  const note = notes.length > 0 ? ` (${notes.join(", ")})` : "";
  return `${formatSigned(comparison.increasePercent, 1)} %${note}`;
}

/**
 * Text that means nothing to Markdown, and that people can read as it stands: only what begins markup, a cell or an
 * entity is escaped, and a line stays one. Not for what the editor renders (`escapeMarkdown`).
 */
export function plainInMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]<>~&]/g, "\\$&")
    .replaceAll("|", "&#124;");
}

function number(value: number | null, decimals: number): string {
  return formatNumber(value ?? NaN, decimals);
}
