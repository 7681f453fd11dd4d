/** The page of one study: its head, what has been measured, and the figures that follow from it. */
import { visibleText } from "../../src/analysis/presentation/format";
import type { StudyReport } from "../../src/protocol/studyFigure";
import type { StudyCellView, StudyProgress } from "../../src/protocol/studyPanel";
import { type SaveActions, saveButtons } from "../charts/saveButtons";
import { element } from "../kit/dom";
import { cellGrid } from "./cellGrid";
import { failureLines } from "./failures";
import { type StudyFigureView, studyFigureView } from "./studyFigureView";
import { type StudyActions, studyProgress } from "./studyProgress";

export interface StudyPage {
  readonly root: HTMLElement;
  readonly showProgress: (cells: readonly StudyCellView[], progress: StudyProgress) => void;
  readonly showReport: (title: string, report: StudyReport | null) => void;
  readonly warn: (text: string) => void;
}

export interface PageActions extends StudyActions {
  readonly open: (target: string) => void;
  readonly save: SaveActions;
  /** Rejects with what went wrong. */
  readonly saveReport: (format: "html" | "markdown") => Promise<void>;
}

export function studyPage(actions: PageActions): StudyPage {
  const heading = element("h1");
  const progress = studyProgress(actions);
  const warning = element("p", { class: "warning", role: "alert" });
  const grid = cellGrid();
  const summary = element("summary", {}, "What has been measured");
  const cellsPart = element("details", { class: "cells-part", open: "" }, summary, grid.root);
  const failures = element("ul", { class: "failures" });
  const hint = element("p", { class: "hint muted" });
  const saving = saveButtons("the whole report", "normal", [
    { format: "HTML", save: () => actions.saveReport("html") },
    { format: "Markdown", save: () => actions.saveReport("markdown") },
  ]);
  const notes = element("div", { class: "notes" });
  const figures = figureList(actions);
  const methods = element("section", { class: "methods" });
  const root = element(
    "main",
    {},
    element("header", { class: "top" }, heading, saving.buttons),
    saving.problem,
    progress.root,
    warning,
    failures,
    cellsPart,
    hint,
    notes,
    figures.root,
    methods,
  );
  return {
    root,
    warn: (text) => {
      warning.textContent = visibleText(text);
    },
    showProgress: (cells, state) => {
      const isEmpty = cells.length === 0;
      progress.root.hidden = isEmpty;
      cellsPart.hidden = isEmpty;
      grid.show(cells);
      progress.show(cells, state);
      failures.replaceChildren(...failureLines(cells));
      hint.textContent = hintFor(cells, state, figures.root.childElementCount > 0);
    },
    showReport: (title, report) => {
      heading.textContent = visibleText(title);
      saving.buttons.hidden = report === null;
      notes.replaceChildren(...lines(report?.notes ?? []));
      figures.show(report?.figures ?? []);
      const words = lines(report?.methods ?? []);
      methods.replaceChildren(
        ...(words.length > 0 ? [element("h2", {}, "Methods"), ...words] : []),
      );
    },
  };
}

/** What to do where there is nothing to see yet; empty: there is something. */
function hintFor(
  cells: readonly StudyCellView[],
  { running }: StudyProgress,
  hasFigures: boolean,
): string {
  if (hasFigures) return "";
  if (cells.length === 0) {
    return "This study measures nothing yet: name models, corpora and measures in its file, and save it.";
  }
  return running
    ? "Figures appear here as soon as the first cells are measured."
    : "Nothing has been measured yet: Run measures every cell, and can be stopped and resumed at any time.";
}

/** Figures by their ids, each made once. */
function figureList({ open, save }: PageActions) {
  const root = element("div", { class: "study-figures" });
  const views = new Map<string, StudyFigureView>();
  return {
    root,
    show: (figures: StudyReport["figures"]) => {
      const ids = new Set(figures.map(({ id }) => id));
      for (const id of views.keys()) if (!ids.has(id)) views.delete(id);
      const wanted = figures.map((figure) => {
        const view = views.get(figure.id) ?? studyFigureView(figure, open, save);
        views.set(figure.id, view);
        return view.root;
      });
      const isSame =
        wanted.length === root.children.length &&
        wanted.every((one, i) => root.children[i] === one);
      if (!isSame) root.replaceChildren(...wanted);
      for (const figure of figures) views.get(figure.id)?.show(figure);
    },
  };
}

function lines(texts: readonly string[]): readonly HTMLElement[] {
  return texts.map((line) => element("p", {}, visibleText(line)));
}
