/** A study's report as one HTML file that needs nothing else: no script, no font, no picture. */
import { visibleText } from "../../analysis/presentation/format";
import type { StudyFigure, StudyReport } from "../../protocol/studyFigure";
import type { Drawing } from "../plot/drawing";
import { drawPlot } from "../plot/drawPlot";
import { type Markup, markup, markupText } from "../plot/markup";
import { PAGE_PALETTE } from "../plot/palette";
import { REPORT_STYLE } from "./reportStyle";
import { writtenTable, type WrittenTable } from "./tableNumbers";

/** CSS pixels; a narrow page makes drawings smaller, and lets those be moved sideways that would be no longer legible. */
const WIDTH = 760;
const LEGIBLE = 540;

export function toHtml({ title, figures, methods, notes }: StudyReport): string {
  const page = markup(
    "html",
    { lang: "en" },
    markup(
      "head",
      {},
      markup("meta", { charset: "utf-8" }),
      markup("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      // Nothing in the page can run or be loaded, whatever text came into it.
      markup("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
      markup("title", {}, visibleText(title)),
      markup("style", {}, REPORT_STYLE),
    ),
    markup(
      "body",
      {},
      markup(
        "main",
        {},
        markup("h1", {}, visibleText(title)),
        ...notes.map((line) => words("p", line)),
        ...figures.map(figureSection),
        markup(
          "section",
          {},
          markup("h2", {}, "Methods"),
          ...methods.map((line) => words("p", line)),
        ),
      ),
    ),
  );
  return `<!DOCTYPE html>\n${markupText(page)}\n`;
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

function figureSection(figure: StudyFigure): Markup {
  const drawing = drawPlot(figure.plot, PAGE_PALETTE, WIDTH);
  return markup(
    "section",
    {},
    words("h2", figure.title),
    words("p", figure.sentence),
    markup("figure", {}, picture(drawing, figure.title), caption(figure, drawing.notes)),
    ...tableToggle(writtenTable(figure.table)),
  );
}

function picture({ root, width }: Drawing, title: string): Markup {
  const named = { ...root.attributes, role: "img", "aria-label": visibleText(title) };
  const kind = width > LEGIBLE ? "drawing wide" : "drawing";
  return markup("div", { class: kind }, markup("svg", named, ...root.children));
}

function caption({ caption, subject }: StudyFigure, notes: readonly string[]): Markup {
  const lines = [[caption, ...notes].join(" "), ...subject];
  return markup("figcaption", {}, ...lines.map((line) => words("p", line)));
}

function tableToggle({ columns, rows }: WrittenTable): Markup[] {
  if (columns.length === 0 || rows.length === 0) return [];
  const kind = columns.map(({ isNumber }) => (isNumber ? { class: "number" } : {}));
  const head = columns.map(({ title }, i) => markup("th", { scope: "col", ...kind[i] }, title));
  const body = rows.map((cells) =>
    markup(
      "tr",
      {},
      ...cells.map((cell, i) =>
        i === 0
          ? markup("th", { scope: "row", ...kind[i] }, cell)
          : markup("td", { ...kind[i] }, cell),
      ),
    ),
  );
  const table = markup(
    "table",
    {},
    markup("thead", {}, markup("tr", {}, ...head)),
    markup("tbody", {}, ...body),
  );
  return [
    markup(
      "details",
      {},
      markup("summary", {}, "Table"),
      markup("div", { class: "scroll" }, table),
    ),
  ];
}

function words(tag: string, text: string): Markup {
  return markup(tag, {}, visibleText(text));
}
