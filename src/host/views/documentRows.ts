import { isOfAllScored } from "../../analysis/comparisonText";
import { formatNumber, formatSigned, plainLabel, shortened } from "../../analysis/format";
import { promptReaders } from "../../analysis/promptReaders";
import { type Measured, oldMeasurement } from "../../protocol/measured";
import type { Divergence, DocumentSummary, RoleSummary, Summary } from "../../protocol/requests";
import { type Role, ROLE_NAMES } from "../../protocol/roles";
import type { View } from "../../protocol/settings";
import { legend, viewExplanations, viewNames } from "../heatmap/legend";
import { cautionRow } from "./cautionRow";
import type { Row } from "./rows";

/** Numbers of a document, its most divergent spans, and what the colours say. */
export function documentRows(uri: string, summary: DocumentSummary, view: View): Row[] {
  const { divergences } = summary;
  return [
    ...oldRow(uri, summary.measured),
    ...partialRow(summary),
    ...promptRow(summary),
    ...summary.cautions.map(cautionRow),
    ...rolesOf(summary).map(perplexityRow),
    ...increaseRow(summary),
    ...pairedRow(summary),
    // Short enough for a sidebar of ordinary width.
    rateRow("Bits/byte", summary, ({ bitsPerByte }) => formatNumber(bitsPerByte, 3)),
    rateRow("Bits/word", summary, ({ bitsPerWord }) => formatNumber(bitsPerWord, 2)),
    rateRow("Tokens", summary, tokens),
    ...(divergences.length > 0 ? [divergencesRow(uri, divergences)] : []),
    legendRow(view),
  ];
}

type RoleNumbers = readonly [Role, RoleSummary];

function rolesOf({ base, rlhf }: Summary): RoleNumbers[] {
  return [...(base ? [["base", base] as const] : []), ...(rlhf ? [["rlhf", rlhf] as const] : [])];
}

function oldRow(uri: string, measured: Measured): Row[] {
  const old = oldMeasurement(measured);
  if (old === null) return [];
  return [
    {
      label: "Out of date",
      description: plainLabel(old),
      icon: "warning",
      command: {
        command: "twinlens.highlightDocument",
        title: "Highlight Document",
        arguments: [uri],
      },
    },
  ];
}

function partialRow({ complete, base, rlhf }: Summary): Row[] {
  if (complete) return [];
  const scored = Math.max(base?.scoredTokens ?? 0, rlhf?.scoredTokens ?? 0);
  const tokens = Math.max(base?.tokens ?? 0, rlhf?.tokens ?? 0);
  return [
    {
      label: "Partial result",
      description: `${formatNumber(scored, 0)} of ${formatNumber(tokens, 0)} tokens`,
      icon: "warning",
    },
  ];
}

function promptRow(summary: Summary): Row[] {
  const readers = promptReaders(summary);
  if (readers === null) return [];
  const prompts = rolesOf(summary).flatMap(([role, { prompt }]) =>
    prompt === null ? [] : `${ROLE_NAMES[role]}: ${plainLabel(shortened(prompt, LONGEST_PROMPT))}`,
  );
  return [
    {
      label: "After a prompt",
      description: readers,
      tooltip: prompts.join("\n"),
      icon: "comment",
    },
  ];
}

/** Characters that a tooltip has room for. */
const LONGEST_PROMPT = 500;

function perplexityRow([role, numbers]: RoleNumbers): Row {
  const { perplexity, perplexityError, model } = numbers;
  return {
    label: `${ROLE_NAMES[role]} perplexity`,
    description: `${formatNumber(perplexity, 2)} ± ${formatNumber(perplexityError, 2)}`,
    tooltip: `Perplexity of ${plainLabel(model.name)} and its standard error`,
    icon: "circle-large-filled",
    color: `twinlens.${role}`,
  };
}

function increaseRow(summary: Summary): Row[] {
  const { increasePercent, sameTokenizer, common } = summary;
  if (increasePercent === null) return [];
  const measure = sameTokenizer ? "perplexity" : "bits per byte";
  return [
    {
      label: "RLHF over base",
      description: `${formatSigned(increasePercent, 1)} % ${measure}${isOfAllScored(summary) ? "" : ", common text"}`,
      tooltip: `Over the text that both models have scored: ${formatNumber(common?.baseTokens ?? 0, 0)} tokens of the base model`,
      icon: "arrow-both",
    },
  ];
}

function pairedRow({ paired, sameTokenizer }: Summary): Row[] {
  if (paired === null) return [];
  const { value, low, high } = paired;
  const isReal = low > 0 || high < 0;
  return [
    {
      label: "Difference",
      description: `${formatSigned(value, 2)} [${formatSigned(low, 2)}, ${formatSigned(high, 2)}] bits`,
      tooltip: `RLHF minus base, paired: mean bits per ${sameTokenizer ? "token" : "segment"} with its 95 % interval from a block bootstrap. ${
        isReal ? "The models differ on this text." : "The models may not differ on this text."
      }`,
      icon: isReal ? "pass" : "question",
    },
  ];
}

/** One figure of both models; once where they agree. */
function rateRow(label: string, summary: Summary, figure: (numbers: RoleSummary) => string): Row {
  const figures = rolesOf(summary).map(
    ([role, numbers]) => [ROLE_NAMES[role], figure(numbers)] as const,
  );
  const isOne = new Set(figures.map(([, text]) => text)).size === 1;
  const description = isOne
    ? figures[0]![1]
    : figures.map(([role, text]) => `${role} ${text}`).join(" · ");
  return { label, description, tooltip: `${label}: ${description}`, icon: "symbol-number" };
}

function tokens({ tokens, scoredTokens }: RoleSummary): string {
  const all = formatNumber(tokens, 0);
  return tokens === scoredTokens ? all : `${formatNumber(scoredTokens, 0)} of ${all}`;
}

function divergencesRow(uri: string, divergences: readonly Divergence[]): Row {
  return {
    label: "Most divergent spans",
    icon: "diff",
    children: divergences.map(({ range, bits, text }) => ({
      label: plainLabel(text),
      description: `${formatSigned(bits, 1)} bits`,
      tooltip: `${bits > 0 ? "base" : "RLHF"} expected this more, by ${formatNumber(Math.abs(bits), 1)} bits in all`,
      icon: "circle-large-filled",
      color: `twinlens.${bits > 0 ? "base" : "rlhf"}`,
      command: { command: "twinlens.revealRange", title: "Reveal", arguments: [uri, range] },
    })),
  };
}

function legendRow(view: View): Row {
  return {
    label: viewNames[view],
    description: viewExplanations[view],
    icon: "symbol-color",
    children: legend(view).map(({ style, label }) => ({
      label,
      ...(style === null
        ? { icon: "circle-large" }
        : { icon: "circle-large-filled", color: `twinlens.${style}` }),
    })),
  };
}
