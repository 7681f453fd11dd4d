/** What has been measured: a row for each model and corpus, a column for each measure. */
import { formatPercent, visibleText } from "../../src/analysis/presentation/format";
import type { StudyCellState, StudyCellView } from "../../src/protocol/studyPanel";
import { element } from "../kit/dom";
import { term } from "../kit/term";

export interface CellGrid {
  readonly root: HTMLElement;
  /** Changes only the cells that differ, so that the focus and the place in the grid stay. */
  readonly show: (cells: readonly StudyCellView[]) => void;
}

/** A cell on the page, and what it shows. */
interface Place {
  readonly element: HTMLElement;
  shown: string;
}

export function cellGrid(): CellGrid {
  const root = element("div", {
    class: "cells scroll",
    tabindex: "0",
    role: "region",
    "aria-label": "What has been measured",
  });
  let shape = "";
  let places: readonly Place[] = [];
  return {
    root,
    show: (cells) => {
      const next = JSON.stringify(
        cells.map(({ model, corpus, measure }) => [model, corpus, measure]),
      );
      if (next !== shape) {
        shape = next;
        places = cells.map(() => ({ element: element("td"), shown: "" }));
        root.replaceChildren(table(cells, places));
      }
      cells.forEach(({ state }, i) => showState(places[i]!, state));
    },
  };
}

function table(cells: readonly StudyCellView[], places: readonly Place[]): HTMLElement {
  const measures = different(cells.map(({ measure }) => measure));
  const at = new Map(cells.map((cell, i) => [keyOf(cell), places[i]!.element]));
  const rows = different(cells.map(({ model }) => model)).flatMap((model) => {
    const corpora = different(
      cells.filter((cell) => cell.model === model).map(({ corpus }) => corpus),
    );
    return corpora.map((corpus, i) =>
      element(
        "tr",
        i === 0 ? { class: "first" } : {},
        ...(i > 0 ? [] : [rowHead(model, corpora.length)]),
        rowHead(corpus, 1),
        ...measures.map((measure) => at.get(keyOf({ model, corpus, measure })) ?? element("td")),
      ),
    );
  });
  const head = ["Model", "Corpus", ...measures.map(visibleText)].map((title) =>
    element("th", { scope: "col" }, title),
  );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
}

function rowHead(name: string, rows: number): HTMLElement {
  const scope = rows > 1 ? "rowgroup" : "row";
  return element("th", { scope, rowspan: String(rows) }, visibleText(name));
}

function showState(place: Place, state: StudyCellState): void {
  const shown = JSON.stringify(state);
  if (shown === place.shown) return;
  place.shown = shown;
  place.element.className = state.kind;
  place.element.replaceChildren(content(state));
}

function content(state: StudyCellState): Node | string {
  switch (state.kind) {
    case "waiting":
      return "waiting";
    case "running":
      return state.fraction === null ? "running" : formatPercent(state.fraction, 0);
    case "done":
      return "✓ done";
    case "cached":
      return term("✓ kept", "From an earlier run: nothing that it depends on has changed since.");
    case "failed":
      return term("✕ failed", visibleText(state.reason));
    default:
      return state satisfies never;
  }
}

function different(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function keyOf({ model, corpus, measure }: Omit<StudyCellView, "state">): string {
  return JSON.stringify([model, corpus, measure]);
}
