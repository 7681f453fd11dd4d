/** A figure: what it shows in words, its drawing, its numbers behind a toggle, and buttons that save it. */
import { visibleText } from "../../src/analysis/presentation/format";
import type { StudyFigure } from "../../src/protocol/studyFigure";
import { drawPlot } from "../../src/report/plot/drawPlot";
import { PRINT_PALETTE } from "../../src/report/plot/palette";
import { type Picture, printForm } from "../charts/printForm";
import { type SaveActions, saveFigureButtons } from "../charts/saveButtons";
import { tableToggle } from "../charts/table";
import { element } from "../kit/dom";
import { drawTree } from "./drawTree";
import { tableOf } from "./figureTable";
import { plotView } from "./plotView";

export interface StudyFigureView {
  readonly root: HTMLElement;
  /** Shows other data under the same title; the same data leave everything as it is. */
  readonly show: (figure: StudyFigure) => void;
}

/** @param open gets what a chosen point or row stands for */
export function studyFigureView(
  first: StudyFigure,
  open: (target: string) => void,
  save: SaveActions,
): StudyFigureView {
  let figure = first;
  let shown = "";
  const title = visibleText(first.title);
  const sentence = element("p", { class: "sentence" });
  const caption = element("p", { class: "caption" });
  const subject = element("ul", { class: "subject" });
  const plot = plotView(title, open);
  const table = tableToggle(tableOf(first.table, open), title);
  const saving = saveFigureButtons(
    { name: first.id, title },
    () => pictureOf(figure),
    () => tableOf(figure.table, open),
    save,
  );
  const root = element(
    "section",
    { class: isWide(first) ? "figure wide" : "figure", "aria-label": title },
    element("header", {}, element("h2", {}, title), saving.buttons),
    saving.problem,
    sentence,
    plot.root,
    caption,
    subject,
    table.root,
  );
  return {
    root,
    show: (next) => {
      const data = JSON.stringify(next);
      if (data === shown) return;
      shown = data;
      figure = next;
      sentence.textContent = visibleText(next.sentence);
      caption.textContent = visibleText(next.caption);
      subject.replaceChildren(...next.subject.map((line) => element("li", {}, visibleText(line))));
      plot.show(next.plot);
      table.update(tableOf(next.table, open));
    },
  };
}

/** Many groups of bars, and panels, need a row of their own; other figures stand beside each other where there is room. */
function isWide({ plot }: StudyFigure): boolean {
  return plot.kind === "panels" || (plot.kind === "bars" && plot.groups.length > 4);
}

/** CSS pixels; as wide as the text on a page of A4. */
const PRINT_WIDTH = 640;

function pictureOf({ title, subject, sentence, caption, plot }: StudyFigure): Picture {
  const { root, width, height, notes } = drawPlot(plot, PRINT_PALETTE, PRINT_WIDTH);
  return printForm(
    { root: drawTree(root), width, height },
    {
      title: visibleText(title),
      subject: subject.map(visibleText),
      caption: visibleText([sentence, caption, ...notes].join(" ")),
    },
  );
}
