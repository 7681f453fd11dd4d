/** The report's head: title, both perplexities, the difference in words, and cautions. */
import { oldMeasurement } from "../../src/protocol/measured";
import type { DocumentReport, ReportData } from "../../src/protocol/report";
import type { RoleSummary } from "../../src/protocol/summary";
import { type Role, ROLE_TITLES } from "../../src/protocol/roles";
import { tableElement } from "../charts/table";
import { type Child, element } from "../kit/dom";
import { isOfAllScored } from "../../src/analysis/presentation/comparisonText";
import {
  formatNumber,
  formatSigned,
  NOT_MEASURED,
  visibleText,
} from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { term } from "../kit/term";
import { button } from "../kit/components";
import { reportsByRole } from "./roles";
import { modelOf, partOf } from "./subject";
import { notes, verdict } from "./words";

export function summaryView(
  report: DocumentReport,
  exportAs: (format: "csv" | "json") => void,
): HTMLElement {
  const shown = [...outOfDate(report), ...notes(report)].map((text) =>
    element("p", { class: "note" }, text),
  );
  return element(
    "div",
    {},
    element(
      "header",
      { class: "top" },
      element(
        "div",
        {},
        element("h1", {}, visibleText(report.name)),
        element("p", { class: "muted" }, subtitle(report)),
      ),
      element(
        "div",
        { class: "actions" },
        button("Export CSV", () => exportAs("csv"), "normal"),
        button("Export JSON", () => exportAs("json"), "normal"),
      ),
    ),
    element(
      "div",
      { class: "lead" },
      element(
        "div",
        {},
        measures(report),
        element("p", { class: "verdict" }, verdict(report.summary)),
        element("div", { class: "notes" }, ...shown),
      ),
      numbers(report),
    ),
  );
}

function outOfDate({ measured }: DocumentReport): readonly string[] {
  const old = oldMeasurement(measured);
  return old === null
    ? []
    : [`Out of date: these numbers were ${visibleText(old)}. Highlight the document again.`];
}

function subtitle(report: ReportData): string {
  const models = reportsByRole(report).map(({ report: { summary } }) => modelOf(summary));
  return `${models.join(" and ")}, ${partOf(report)}`;
}

function measures(report: ReportData): HTMLElement {
  const { increasePercent, sameTokenizer } = report.summary;
  const shown = reportsByRole(report).map(({ role, report: { summary } }) =>
    perplexity(role, summary),
  );
  if (increasePercent !== null) {
    shown.push(
      measure(
        "difference",
        term("RLHF over base", EXPLANATIONS.increase),
        `${formatSigned(increasePercent, 1)} %`,
        `${sameTokenizer ? "perplexity" : "bits per byte"}${isOfAllScored(report.summary) ? "" : ", on the text that both scored"}`,
      ),
    );
  }
  return element("div", { class: "measures" }, ...shown);
}

function perplexity(role: Role, summary: RoleSummary): HTMLElement {
  return measure(
    role,
    ROLE_TITLES[role],
    formatNumber(summary.perplexity, 2),
    term("perplexity", EXPLANATIONS.perplexity),
    `, ± ${formatNumber(summary.perplexityError, 2)} `,
    term("standard error", EXPLANATIONS.standardError),
  );
}

function measure(
  kind: string,
  label: Child,
  value: string,
  ...unit: readonly Child[]
): HTMLElement {
  return element(
    "div",
    { class: `measure ${kind}` },
    element("div", { class: "label" }, label),
    element("div", { class: "value" }, value),
    element("div", { class: "muted" }, ...unit),
  );
}

function numbers(report: ReportData): HTMLElement {
  const models = reportsByRole(report);
  const row = (
    words: string,
    explanation: string,
    value: (model: (typeof models)[number]["report"]) => string,
  ) => [{ words, explanation }, ...models.map(({ report }) => value(report))];
  return tableElement({
    columns: [
      { title: "", kind: "words" },
      ...models.map(({ role }) => ({ title: ROLE_TITLES[role], kind: "number" as const })),
    ],
    rows: () => [
      row("Bits per byte", EXPLANATIONS.bitsPerByte, ({ summary }) =>
        formatNumber(summary.bitsPerByte, 3),
      ),
      row("Bits per word", EXPLANATIONS.bitsPerWord, ({ summary }) =>
        formatNumber(summary.bitsPerWord, 2),
      ),
      row("Bits in all", EXPLANATIONS.bits, ({ summary }) => formatNumber(summary.bits, 0)),
      row("Mean entropy, bits", EXPLANATIONS.entropy, ({ sharpness }) =>
        sharpness ? formatNumber(sharpness.meanEntropyBits, 2) : NOT_MEASURED,
      ),
      row("Tokens", EXPLANATIONS.tokens, ({ summary }) => formatNumber(summary.tokens, 0)),
      row("Tokens scored", EXPLANATIONS.tokensScored, ({ summary }) =>
        formatNumber(summary.scoredTokens, 0),
      ),
    ],
  });
}
