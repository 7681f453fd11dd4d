/** Whose numbers the report's figures show, as it stands on those that are saved: the text, then each model. */
import type { ReportData } from "../../src/protocol/report";
import type { RoleSummary } from "../../src/protocol/summary";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { formatNumber, visibleText } from "../../src/analysis/presentation/format";
import { reportsByRole } from "./roles";

export function reportSubject(report: ReportData): readonly string[] {
  return [
    `${visibleText(report.name)}, ${partOf(report)}`,
    ...reportsByRole(report).map(({ role, report: { summary } }) => {
      const after = summary.prompt === null ? "" : ", read after a prompt";
      return `${ROLE_TITLES[role]}: ${modelOf(summary)}, ${tokensOf(summary)}${after}`;
    }),
  ];
}

/** What of the document the report is of. */
export function partOf({ summary: { range } }: ReportData): string {
  if (range === null) return "whole document";
  return `characters ${formatNumber(range.start, 0)} to ${formatNumber(range.endExclusive, 0)}`;
}

export function modelOf({ model }: RoleSummary): string {
  return `${visibleText(model.name)} (${model.quantisation})`;
}

function tokensOf({ scoredTokens, tokens }: RoleSummary): string {
  const all = `${formatNumber(tokens, 0)} tokens`;
  return scoredTokens === tokens ? all : `${formatNumber(scoredTokens, 0)} of ${all} scored`;
}
