import type { ReportData } from "../../src/protocol/report";
import type { ModelFacts } from "../../src/protocol/scores";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { tableElement } from "../charts/table";
import { element } from "../kit/dom";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { formatBytes, formatNumber } from "../../src/analysis/presentation/format";
import { reportsByRole } from "./roles";

/** The facts about the models behind the numbers. */
export function modelsTable(report: ReportData): HTMLElement {
  const models = reportsByRole(report);
  const table = tableElement({
    columns: [
      { title: "", kind: "words" },
      ...models.map(({ role }) => ({ title: ROLE_TITLES[role], kind: "text" as const })),
    ],
    rows: () =>
      FACTS.map(([words, fact, explanation]) => [
        explanation === undefined ? words : { words, explanation },
        ...models.map(({ report }) => fact(report.summary.model)),
      ]),
  });
  return element(
    "details",
    { class: "models" },
    element("summary", {}, "Models"),
    element("div", { class: "scroll" }, table),
  );
}

const FACTS: readonly (readonly [
  words: string,
  fact: (model: ModelFacts) => string,
  explanation?: string,
])[] = [
  ["Name", ({ name }) => name],
  ["File", ({ path }) => path],
  ["Architecture", ({ architecture }) => architecture],
  [
    "Quantisation",
    ({ quantisation, bitsPerWeight }) =>
      `${quantisation}, ${formatNumber(bitsPerWeight, 2)} bits per weight`,
    EXPLANATIONS.quantisation,
  ],
  ["Parameters", ({ parameters }) => formatNumber(parameters, 0)],
  ["Size", ({ sizeBytes }) => formatBytes(sizeBytes), EXPLANATIONS.size],
  ["Vocabulary", ({ vocabularySize }) => `${formatNumber(vocabularySize, 0)} tokens`],
  ["Tokenizer", ({ tokenizer }) => tokenizer, EXPLANATIONS.tokenizer],
  [
    "Trained context",
    ({ trainedContext }) => `${formatNumber(trainedContext, 0)} tokens`,
    EXPLANATIONS.context,
  ],
  ["Device", ({ device }) => device, EXPLANATIONS.device],
  ["Memory", ({ memoryBytes }) => formatBytes(memoryBytes), EXPLANATIONS.memory],
  ["Attention", ({ attention }) => attention],
  ["Batch", ({ batch }) => `${formatNumber(batch, 0)} tokens`],
  ["Engine", ({ engineVersion }) => `llama.cpp ${engineVersion}`],
];
