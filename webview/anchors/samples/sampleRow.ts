/** A row of the list of samples: number, path, facts, and the text itself. */
import { formatNumber } from "../../../src/analysis/presentation/format";
import type { SampleView } from "../../../src/protocol/anchorViews";
import { ROLE_TITLES } from "../../../src/protocol/roles";
import { link } from "../../kit/components";
import { element } from "../../kit/dom";
import type { Arrangement } from "./arrangement";
import { type AnchorPlace, colourRunsOf, findAll } from "./colourRuns";
import { alignedText, colorClass, plainText } from "./sampleText";

/** @param marked the anchor that the user has marked */
export function sampleRow(
  { state, places, rows, wanted }: Arrangement,
  sample: number,
  marked: number | null,
  open: () => void,
): readonly HTMLElement[] {
  const view = state.samples[sample];
  if (!view) return [];
  const { text } = view;
  const ofSample = places[sample] ?? [];
  const colourRuns = colourRunsOf(text.length, ofSample, findAll(text, wanted));
  const drawn = { text, colourRuns, marked };
  const runs = rows[sample];
  const opener = link("Open", open);
  opener.setAttribute("tabindex", "-1");
  const head = element(
    "div",
    { class: "sample-head" },
    element("span", { class: "sample-number" }, `#${sample + 1}`),
    pathChips(ofSample),
    element("span", { class: "muted" }, facts(view, ROLE_TITLES[state.role])),
    opener,
  );
  return [head, runs ? alignedText(drawn, runs) : plainText(drawn)];
}

/** The anchors that a sample passes, as numbered chips. */
function pathChips(places: readonly AnchorPlace[]): HTMLElement {
  const chips = places.map(({ anchor }) =>
    element("span", { class: `chip ${colorClass(anchor)}` }, String(anchor + 1)),
  );
  return element("span", { class: "path" }, ...chips);
}

/** @param model in whose place the samples stand, and whose the perplexity is */
function facts({ known, perplexity, tokens }: Omit<SampleView, "text">, model: string): string {
  const how = known === "drawn" ? " as drawn" : "";
  const parts = [
    ...(perplexity === null
      ? []
      : [`perplexity ${formatNumber(perplexity, 2)} under ${model}${how}`]),
    ...(tokens === null ? [] : [`${formatNumber(tokens, 0)} tokens`]),
  ];
  return parts.length > 0 ? parts.join(", ") : "–";
}
