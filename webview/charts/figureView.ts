/**
 * A figure: a titled chart, its data as a text table behind a toggle, and buttons that save both. The chart can be
 * walked with the keyboard like the text it shows, place after place.
 */
import { element } from "../kit/dom";
import { term } from "../kit/term";
import type { Theme } from "../kit/theme";
import { button } from "../kit/components";
import { drawChart, renderPng } from "./chart";
import { toTableCsv } from "./tableCsv";
import type { Figure, FigureChart } from "./figure";
import { walkPlaces } from "./places";
import { tableToggle } from "./table";

export interface FigureView {
  readonly root: HTMLElement;
  /** Draws, or draws again in other colours; `root` is in the page by then. */
  readonly draw: (theme: Theme) => void;
  /** Shows other data under the same title. */
  readonly update: (figure: Figure) => void;
  readonly remove: () => void;
}

export interface SaveActions {
  /** `data` is base64 of a PNG. */
  readonly png: (name: string, data: string) => void;
  /** null: figures have no export of their own numbers. */
  readonly csv: ((name: string, text: string) => void) | null;
}

export function figureView(first: Figure, save: SaveActions): FigureView {
  let figure = first;
  let chart: FigureChart | null = null;
  let theme: Theme | null = null;

  const canvas = element("canvas", {
    tabindex: "0",
    role: "application",
    "aria-roledescription": "chart",
    "aria-label": `${figure.title}. ${figure.caption}`,
  });
  const caption = element("p", { class: "caption" }, figure.caption);
  const reading = element("p", { class: "reading", "aria-live": "polite" });
  const table = tableToggle(figure.table, figure.title);
  const savePng = () => {
    if (chart && theme) {
      save.png(figure.name, renderPng(figure, theme, chart.width, chart.height));
    }
  };
  const saveCsv = save.csv && (() => save.csv?.(figure.name, toTableCsv(figure.table)));
  const root = element(
    "section",
    { class: `figure ${figure.shape}`, "aria-labelledby": `${figure.name}-title` },
    element(
      "header",
      {},
      element("h2", { id: `${figure.name}-title` }, term(figure.title, figure.explanation)),
      element(
        "div",
        { class: "actions" },
        button("Save PNG", savePng, "quiet"),
        ...(saveCsv ? [button("Save CSV", saveCsv, "quiet")] : []),
      ),
    ),
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
    update: (next) => {
      figure = next;
      caption.textContent = next.caption;
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
