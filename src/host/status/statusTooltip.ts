import { isOfAllScored } from "../../analysis/presentation/comparisonText";
import { formatNumber, formatSigned } from "../../analysis/presentation/format";
import { promptReaders } from "../../analysis/scores/promptReaders";
import { EXPLANATIONS } from "../../analysis/presentation/quantities";
import { escapeMarkdown } from "../../protocol/markdown";
import { type Measured, oldMeasurement } from "../../protocol/measured";
import type { RoleSummary, Summary } from "../../protocol/summary";
import { type Role, ROLE_NAMES } from "../../protocol/roles";
import type { View } from "../../protocol/settings";
import { legend, type LegendEntry, viewExplanations, viewNames } from "../heatmap/legend";
import { progressText, type Status } from "./statusText";

/** Markdown with the legend's colours as HTML; every piece of foreign text is escaped. */
export function tooltipMarkdown(status: Status, view: View): string {
  switch (status.kind) {
    case "noPair":
      return `**Twinlens**\n\n${escapeMarkdown(status.problem)}`;
    case "ready":
      return `${heading(status.pair)}\n\nClick to highlight the document.`;
    case "busy":
      return `${heading(status.pair)}\n\n${progressText(status.progress)}\n\nClick to see all jobs and to cancel.`;
    case "scored":
      return [
        heading(status.pair),
        outOfDate(status.measured),
        numbersTable(status.summary),
        EXPLANATIONS.perplexity,
        comparisonLine(status.summary),
        promptLine(status),
        ...status.summary.cautions.map((caution) => `Caution: ${escapeMarkdown(caution)}`),
        status.isStale ? "The text has changed since: dotted lines mark what is out of date." : "",
        `**${viewNames[view]}**: ${viewExplanations[view]}.`,
        legend(view).map(legendLine).join("  \n"),
        "[Choose View](command:twinlens.chooseView) · [Report](command:twinlens.openReport) · [Choose Pair](command:twinlens.choosePair) · [Jobs](command:twinlens.showJobs)",
      ]
        .filter((part) => part !== "")
        .join("\n\n");
    default:
      return status satisfies never;
  }
}

function heading(pair: string): string {
  return `**Twinlens** · ${escapeMarkdown(pair)}`;
}

function outOfDate(measured: Measured): string {
  const old = oldMeasurement(measured);
  return old === null ? "" : `**Out of date**: ${escapeMarkdown(old)}.`;
}

/** A prompt that both models read goes with the highlights; that of a reply stands in the document. */
function promptLine({ summary, isReply }: Extract<Status, { kind: "scored" }>): string {
  const readers = promptReaders(summary);
  if (readers === null) return "";
  const way = isReply ? "" : " To score it alone, clear the highlights first.";
  return `The text was read after a prompt (${readers}).${way}`;
}

function numbersTable({ base, rlhf }: Summary): string {
  const rows = [row("base", base), row("rlhf", rlhf)].filter((line) => line !== null);
  return ["|  | perplexity | bits per byte | tokens |", "| :-- | --: | --: | --: |", ...rows].join(
    "\n",
  );
}

/** The increase beside the paired difference, and what text they are of. */
function comparisonLine(summary: Summary): string {
  const { increasePercent, sameTokenizer, paired } = summary;
  if (increasePercent === null) return "";
  const measure = sameTokenizer ? "perplexity" : "bits per byte";
  const unit = sameTokenizer ? "token" : "segment";
  const difference = paired ? `, ${formatSigned(paired.value, 2)} bits per ${unit}` : "";
  const where = isOfAllScored(summary) ? "" : ", over the text that both have scored";
  return `RLHF over base: ${formatSigned(increasePercent, 1)} % ${measure}${difference}${where}`;
}

function row(role: Role, numbers: RoleSummary | null): string | null {
  if (numbers === null) return null;
  const { perplexity, perplexityError, bitsPerByte, scoredTokens } = numbers;
  const cells = [
    ROLE_NAMES[role],
    `${formatNumber(perplexity, 2)} ± ${formatNumber(perplexityError, 2)}`,
    formatNumber(bitsPerByte, 3),
    formatNumber(scoredTokens, 0),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** A swatch in the colour of the heat map, and what it says. */
function legendLine({ style, meaning }: LegendEntry): string {
  const blank = "&nbsp;".repeat(6);
  const swatch =
    style === null
      ? blank
      : `<span style="background-color:var(--vscode-twinlens-${style});">${blank}</span>`;
  return `${swatch} ${meaning}`;
}
