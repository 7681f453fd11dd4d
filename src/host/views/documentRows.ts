import { isOfAllScored } from "../../analysis/presentation/comparisonText";
import {
  formatNumber,
  formatSigned,
  plainLabel,
  shortened,
  shortenedToWords,
} from "../../analysis/presentation/format";
import { promptReaders } from "../../analysis/scores/promptReaders";
import { EXPLANATIONS } from "../../analysis/presentation/quantities";
import { type Measured, oldMeasurement } from "../../protocol/measured";
import type { Divergence, DocumentSummary, RoleSummary, Summary } from "../../protocol/summary";
import { type Role, ROLE_NAMES } from "../../protocol/roles";
import type { View } from "../../protocol/settings";
import { legend, viewExplanations, viewIcons, viewNames, viewQuantities } from "../heatmap/legend";
import { cautionRow } from "./cautionRow";
import type { Row } from "./rows";

/**
 * What the colours say, numbers of a document, its most divergent spans. Label and description together fit a sidebar
 * of VS Code's own width, some 35 characters; tooltips say what a quantity means, and what has no room.
 */
export function documentRows(uri: string, summary: DocumentSummary, view: View): Row[] {
  const { divergences } = summary;
  return [
    legendRow(view),
    ...oldRow(uri, summary.measured),
    ...partialRow(summary),
    ...promptRow(summary),
    ...summary.cautions.map(cautionRow),
    ...rolesOf(summary).map(perplexityRow),
    ...increaseRow(summary),
    ...commonTextRow(summary),
    ...pairedRow(summary),
    figureRow("Bits/byte", EXPLANATIONS.bitsPerByte, summary, ({ bitsPerByte }) =>
      formatNumber(bitsPerByte, 3),
    ),
    figureRow("Bits/word", EXPLANATIONS.bitsPerWord, summary, ({ bitsPerWord }) =>
      formatNumber(bitsPerWord, 2),
    ),
    tokensRow(summary),
    ...(divergences.length > 0 ? [divergencesRow(uri, divergences)] : []),
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
      tooltip: `${plainLabel(old)}. A click scores the text again.`,
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
      label: "Partial",
      description: `${formatNumber(scored, 0)} of ${formatNumber(tokens, 0)} tokens`,
      tooltip: "Not all of the text has been scored: the numbers are of the part that has.",
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
    tooltip: [
      EXPLANATIONS.perplexity,
      EXPLANATIONS.standardError,
      `Model: ${plainLabel(model.name)}`,
    ].join("\n"),
    icon: "circle-large-filled",
    color: `twinlens.${role}`,
  };
}

function increaseRow({ increasePercent, sameTokenizer }: Summary): Row[] {
  if (increasePercent === null) return [];
  return [
    {
      label: "RLHF over base",
      description: `${formatSigned(increasePercent, 1)} % ${sameTokenizer ? "perplexity" : "bits/byte"}`,
      tooltip: EXPLANATIONS.increase,
      icon: "arrow-both",
    },
  ];
}

/** What the models are compared on, where it is less than one of them has scored. */
function commonTextRow(summary: Summary): Row[] {
  const { common } = summary;
  if (common === null || isOfAllScored(summary)) return [];
  const count = formatNumber(common.baseTokens, 0);
  return [
    {
      label: "Common text",
      description: `${count} tokens`,
      tooltip: `${EXPLANATIONS.commonText} Counted in tokens of the base model.`,
      icon: "symbol-number",
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
      description: `${formatSigned(value, 2)} [${formatSigned(low, 2)}, ${formatSigned(high, 2)}]`,
      tooltip: [
        EXPLANATIONS.pairedDifference,
        `In bits per ${sameTokenizer ? "token" : "segment"}.`,
        `The models ${isReal ? "differ" : "may not differ"} on this text.`,
      ].join("\n"),
      icon: isReal ? "pass" : "question",
    },
  ];
}

/** One figure of both models. */
function figureRow(
  label: string,
  tooltip: string,
  summary: Summary,
  figure: (numbers: RoleSummary) => string,
): Row {
  return { label, description: eachRole(summary, figure), tooltip, icon: "symbol-number" };
}

/** How many are scored; of how many has no room but in the tooltip. */
function tokensRow(summary: Summary): Row {
  const tooltip = `${EXPLANATIONS.tokens}\nScored: ${eachRole(summary, scoredOfAll)}`;
  return figureRow("Tokens", tooltip, summary, ({ scoredTokens }) => formatNumber(scoredTokens, 0));
}

/** One figure of both models; once where they agree. */
function eachRole(summary: Summary, figure: (numbers: RoleSummary) => string): string {
  const figures = rolesOf(summary).map(
    ([role, numbers]) => [ROLE_NAMES[role], figure(numbers)] as const,
  );
  const isOne = new Set(figures.map(([, text]) => text)).size === 1;
  return isOne ? figures[0]![1] : figures.map(([role, text]) => `${role} ${text}`).join(" · ");
}

function scoredOfAll({ tokens, scoredTokens }: RoleSummary): string {
  const all = formatNumber(tokens, 0);
  return tokens === scoredTokens ? all : `${formatNumber(scoredTokens, 0)} of ${all}`;
}

/** Characters of a span that leave room for its line and its bits. */
const LONGEST_SPAN = 17;

function divergencesRow(uri: string, divergences: readonly Divergence[]): Row {
  return {
    label: "Most divergent spans",
    description: "in bits",
    tooltip: EXPLANATIONS.divergentSpans,
    icon: "diff",
    children: divergences.map(({ range, bits, words, line }) => ({
      label: plainLabel(shortenedToWords(spanName(words), LONGEST_SPAN)),
      description: `line ${line} · ${formatSigned(bits, 1)}`,
      tooltip: `${plainLabel(spanName(words))}\n${bits > 0 ? "base" : "RLHF"} expected this more, by ${formatNumber(Math.abs(bits), 1)} bits in all`,
      icon: "circle-large-filled",
      color: `twinlens.${bits > 0 ? "base" : "rlhf"}`,
      command: { command: "twinlens.revealRange", title: "Reveal", arguments: [uri, range] },
    })),
  };
}

function spanName(words: string): string {
  return words === "" ? "(white space)" : words;
}

function legendRow(view: View): Row {
  return {
    label: "Colours",
    description: viewNames[view],
    tooltip: `${viewExplanations[view]}.\n${viewQuantities[view]}`,
    ...viewIcons[view],
    children: [
      ...legend(view).map(({ style, label, meaning }) => ({
        label,
        tooltip: meaning,
        ...(style === null
          ? { icon: "circle-large" }
          : { icon: "circle-large-filled", color: `twinlens.${style}` }),
      })),
      TOKENS_ROW,
    ],
  };
}

/** Why colours begin and end inside words. */
const TOKENS_ROW: Row = {
  label: "by token: a word or a part",
  tooltip: `${EXPLANATIONS.tokens} Each has its own colour.`,
  icon: "info",
};
