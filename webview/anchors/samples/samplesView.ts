/** All samples of one model: searched, sorted, plain or aligned, with their anchors coloured. */
import type { SampleView } from "../../../src/protocol/anchorViews";
import { ROLE_TITLES } from "../../../src/protocol/roles";
import { formatNumber } from "../../../src/analysis/presentation/format";
import { skipCodePoints } from "../../../src/analysis/text/codePoints";
import { element } from "../../kit/dom";
import { button, choice, choose, searchField } from "../../kit/components";
import { alignedText, pathChips, plainText } from "./sampleRows";
import { type AnchorPlace, findAll, colourRunsOf } from "./colourRuns";
import { type Order, ORDERS, sortSamples } from "./sorting";
import type { RoleState } from "../state";
import { commonShade } from "./shade";
import { virtualList } from "./virtualList";

export interface SamplesView {
  readonly root: HTMLElement;
  /** The row of tools above the list. */
  readonly tools: HTMLElement;
  /** Samples, alignment or anchors of the model have changed, or another model is shown. */
  readonly show: (state: RoleState) => void;
  readonly mark: (anchor: number | null) => void;
  /** Lays the samples one below the other, what they share in one column, and brings them into view. */
  readonly align: () => void;
}

type Look = "plain" | "aligned";

export function samplesView(openSample: (state: RoleState, sample: number) => void): SamplesView {
  let state: RoleState | null = null;
  let look: Look = "plain";
  let order: Order = "drawn";
  let wanted = "";
  let marked: number | null = null;
  /** Samples in the order shown, and their anchors, `[sample]`. */
  let shown: readonly number[] = [];
  let places: readonly (readonly AnchorPlace[])[] = [];
  let jumpedTo = { row: -1, start: -1 };

  const count = element("span", { class: "muted", role: "status" });
  const list = virtualList({
    fill: fillRow,
    open: (row) => openRow(row),
    label: "Samples",
  });
  const jumps = [
    button("Previous anchor", () => jump(-1), "normal"),
    button("Next anchor", () => jump(1), "normal"),
  ];
  const lookChoice = choice<Look>("View", { plain: "Plain", aligned: "Aligned" }, look, (next) => {
    look = next;
    arrangeAnew();
  });
  const tools = element(
    "div",
    { class: "tools" },
    searchField("Search", (text) => {
      wanted = text;
      arrangeAnew();
    }),
    choice("Sort", ORDERS, order, (next) => {
      order = next;
      arrangeAnew();
    }),
    lookChoice,
    ...jumps,
    count,
  );
  const root = element("div", { class: "samples" }, tools, list.root);

  function arrangeAnew(): void {
    jumpedTo = { row: -1, start: -1 };
    list.rewind();
    arrange();
  }

  /** Decides which samples are shown and in which order, and fills the list anew. */
  function arrange(): void {
    if (!state) return;
    const { samples, alignment } = state;
    const isAligned = look === "aligned" && alignment !== null;
    places = anchorPlaces(state);
    shown = sortSamples(samples, places, order).filter(
      (sample) => wanted === "" || findAll(samples[sample]?.text ?? "", wanted).length > 0,
    );
    count.textContent =
      shown.length === samples.length
        ? `${formatNumber(samples.length, 0)} samples`
        : `${formatNumber(shown.length, 0)} of ${formatNumber(samples.length, 0)} samples`;
    const isAnywhere = shown.some((sample) => (places[sample] ?? []).length > 0);
    for (const control of jumps) control.toggleAttribute("disabled", !isAnywhere);
    list.root.setAttribute("aria-label", `${ROLE_TITLES[state.role]} samples`);
    list.root.classList.toggle("aligned", isAligned);
    list.root.style.setProperty("--columns", String(alignment?.columns ?? 0));
    list.root.style.setProperty("--shade", isAligned ? commonShade(alignment.common) : "none");
    list.show(shown.length);
  }

  function fillRow(row: number, target: HTMLElement): void {
    const sample = shown[row];
    const view = sample === undefined ? undefined : state?.samples[sample];
    if (!state || !view || sample === undefined) return;
    const ofSample = places[sample] ?? [];
    const colourRuns = colourRunsOf(view.text.length, ofSample, findAll(view.text, wanted));
    const runs = state.alignment?.rows[sample];
    const drawn = { text: view.text, colourRuns, marked };
    const open = element("button", { class: "link", tabindex: "-1" }, "Open");
    open.addEventListener("click", () => openRow(row));
    target.append(
      element(
        "div",
        { class: "sample-head" },
        element("span", { class: "sample-number" }, `#${sample + 1}`),
        pathChips(ofSample),
        element("span", { class: "muted" }, facts(view, ROLE_TITLES[state.role])),
        open,
      ),
      look === "aligned" && runs ? alignedText(drawn, runs) : plainText(drawn),
    );
  }

  function openRow(row: number): void {
    const sample = shown[row];
    if (state && sample !== undefined) openSample(state, sample);
  }

  /** Goes to the next or previous anchor in the order shown; to the marked one only, where one is. */
  function jump(direction: 1 | -1): void {
    const stops = shown.flatMap((sample, row) =>
      (places[sample] ?? [])
        .filter(({ anchor }) => marked === null || anchor === marked)
        .map(({ start }) => ({ row, start })),
    );
    if (stops.length === 0) return;
    const at = stops.findIndex(
      ({ row, start }) => row === jumpedTo.row && start === jumpedTo.start,
    );
    const next = at < 0 ? (direction > 0 ? 0 : stops.length - 1) : at + direction;
    const stop = stops[(next + stops.length) % stops.length];
    if (!stop) return;
    jumpedTo = stop;
    for (const mark of list.root.querySelectorAll("mark.current")) mark.classList.remove("current");
    const target = list.goTo(stop.row)?.querySelector(`mark[data-start="${stop.start}"]`);
    target?.classList.add("current");
    target?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  return {
    root,
    tools,
    show: (next) => {
      const isOther = state?.role !== next.role;
      state = next;
      if (isOther) arrangeAnew();
      else arrange();
    },
    mark: (anchor) => {
      marked = anchor;
      list.refresh();
    },
    align: () => {
      choose<Look>(lookChoice, "aligned");
      root.scrollIntoView({ block: "start" });
    },
  };
}

/** Where each sample has which anchors, `[sample]`, ascending. */
function anchorPlaces({ samples, anchors }: RoleState): readonly (readonly AnchorPlace[])[] {
  const places: AnchorPlace[][] = samples.map(() => []);
  anchors?.anchors.forEach(({ text, occurrences }, anchor) => {
    for (const { sample, start } of occurrences) {
      const first = skipCodePoints(samples[sample]?.text ?? "", 0, start);
      places[sample]?.push({ anchor, start: first, endExclusive: first + text.length });
    }
  });
  for (const ofSample of places) ofSample.sort((a, b) => a.start - b.start);
  return places;
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
