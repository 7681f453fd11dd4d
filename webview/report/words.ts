/** The numbers in words. */
import type { ReportData } from "../../src/protocol/report";
import type { Interval, RoleSummary, Summary } from "../../src/protocol/summary";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { formatNumber, visibleText } from "../../src/analysis/presentation/format";
import { beforeAfterNote } from "../../src/analysis/presentation/modelName";
import { promptReaders } from "../../src/analysis/scores/promptReaders";
import { reportsByRole } from "./roles";

export function verdict({ paired, sameTokenizer, base, rlhf }: Summary): string {
  if (!base || !rlhf) return "One model alone: there is no difference to show.";
  if (!paired) return "Too little text was scored by both models to say how far they differ.";
  return interval(paired, sameTokenizer ? "token" : "segment");
}

export function notes(report: ReportData): readonly string[] {
  const { summary } = report;
  const models = reportsByRole(report);
  const partial = models
    .filter(({ report }) => !summary.complete && report.summary.scoredTokens > 0)
    .map(({ role, report }) => `${ROLE_TITLES[role]} ${tokenRange(report.summary)}`);
  const readers = promptReaders(summary);
  const roles =
    summary.base && summary.rlhf && beforeAfterNote(summary.base.model, summary.rlhf.model);
  return [
    ...(roles === null ? [] : [`${visibleText(roles)}.`]),
    ...(readers === null ? [] : [`The text was read after a prompt (${readers}).`]),
    ...(partial.length > 0 ? [`Not all of the text has been scored: ${partial.join(", ")}.`] : []),
    ...(!summary.sameTokenizer && models.length === 2
      ? [
          "The models cut text into different tokens, so their perplexities can't be compared. Bits per byte can, and so can segments that end where a token ends in both.",
        ]
      : []),
    ...summary.cautions.map((caution) => `${visibleText(caution)}.`),
  ];
}

function interval({ value, low, high }: Interval, unit: string): string {
  const bounds = `95 % interval ${formatNumber(low, 3)} to ${formatNumber(high, 3)}`;
  if (low <= 0 && high >= 0) {
    return `The ${bounds} bits per ${unit} contains zero: on this text the two models can't be told apart.`;
  }
  const amount = `${formatNumber(Math.abs(value), 3)} bits per ${unit}`;
  return low > 0
    ? `The RLHF model needs ${amount} more than the base model (${bounds}): more than chance explains on this text.`
    : `The RLHF model needs ${amount} less than the base model (${bounds}): more than chance explains on this text.`;
}

function tokenRange({ scoredRange, tokens }: RoleSummary): string {
  const { start, endExclusive } = scoredRange;
  return `tokens ${formatNumber(start, 0)} to ${formatNumber(endExclusive, 0)} of ${formatNumber(tokens, 0)}`;
}
