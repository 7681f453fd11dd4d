/**
 * A figure: a titled chart, its data as a text table behind a toggle, and buttons that save both. The chart can be
 * walked with the keyboard like the text it shows, place after place.
 */
import { element } from "../kit/dom";
import { term } from "../kit/term";
import type { Theme } from "../kit/theme";
import { drawChart, drawForPrint } from "./chart";
import type { Figure, FigureChart } from "./figure";
import { walkPlaces } from "./places";
import { type Picture, printForm } from "./printForm";
import { type SaveActions, saveFigureButtons } from "./saveButtons";
import { tableToggle } from "./table";

export interface FigureView {
  readonly root: HTMLElement;
  /** Draws, or draws again in other colours; `root` is in the page by then. */
  readonly draw: (theme: Theme) => void;
  /** Shows other data under the same title. */
  readonly update: (figure: Figure, subject: readonly string[]) => void;
  readonly remove: () => void;
}

/** @param firstSubject whose numbers it shows, for what is saved; see `PrintWords` */
export function figureView(
  first: Figure,
  firstSubject: readonly string[],
  save: SaveActions,
): FigureView {
  let figure = first;
  let subject = firstSubject;
  let chart: FigureChart | null = null;
  let theme: Theme | null = null;

  const canvas = element("canvas", {
    tabindex: "0",
    role: "application",
    "aria-roledescription": "chart",
    "aria-label": `${figure.title}. ${captionOf(figure)}`,
  });
  const caption = element("p", { class: "caption" }, captionOf(figure));
  const reading = element("p", { class: "reading", "aria-live": "polite" });
  const table = tableToggle(figure.table, figure.title);
  const picture = (): Picture => {
    if (!theme) throw new Error("The figure is not drawn yet.");
    const { title, caption } = figure;
    return printForm(drawForPrint(figure, theme), { title, subject, caption });
  };
  const saving = saveFigureButtons(first, picture, () => figure.table, save);
  const root = element(
    "section",
    { class: `figure ${figure.shape}`, "aria-labelledby": `${figure.name}-title` },
    element(
      "header",
      {},
      element("h2", { id: `${figure.name}-title` }, term(figure.title, figure.explanation)),
      saving.buttons,
    ),
    saving.problem,
    caption,
    element("div", { class: "plot" }, canvas),
    reading,
    table.root,
  );
  walkPlaces(
    canvas,
    () => figure.places,
    reading,
    () => chart,
  );

  const draw = () => {
    chart?.destroy();
    chart = theme && drawChart(canvas, figure, theme);
  };
  return {
    root,
    draw: (current) => {
      theme = current;
      draw();
    },
    update: (next, nextSubject) => {
      figure = next;
      subject = nextSubject;
      caption.textContent = captionOf(next);
      draw();
      table.update(next.table);
    },
    remove: () => {
      chart?.destroy();
      // The canvas loses the focus when it is removed, and asks for its chart.
      chart = null;
      root.remove();
    },
  };
}

function captionOf({ caption, hint }: Figure): string {
  return hint === undefined ? caption : `${caption} ${hint}`;
}
