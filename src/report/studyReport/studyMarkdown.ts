/** A study's report in GitHub's Markdown, with its pictures as files beside it. */
import { formatNumber, visibleText } from "../../analysis/presentation/format";
import type { StudyFigure, StudyReport } from "../../protocol/studyFigure";
import { plainInMarkdown } from "../markdown";
import { drawPlot } from "../plot/drawPlot";
import { framed } from "../plot/framed";
import { markupText } from "../plot/markup";
import { PRINT_PALETTE } from "../plot/palette";
import { pictureNames } from "./pictureNames";
import { writtenTable, type WrittenTable } from "./tableNumbers";

export interface MarkdownReport {
  readonly text: string;
  /** For the pictures' folder; names with their extension. */
  readonly files: readonly { readonly name: string; readonly svg: string }[];
}

/** CSS pixels; with its rim a picture is as wide as the text on a page of A4. */
const WIDTH = 640;
/** Longer tables are behind a toggle, and much longer ones are cut: the data have their own exports. */
const LONG_TABLE = 16;
const LONGEST_TABLE = 200;

/** @param folder where the pictures will lie, as the report's own folder names it; its parts are separated by `/` */
export function toMarkdown(report: StudyReport, folder: string): MarkdownReport {
  const names = pictureNames(report.figures).map((name) => `${name}.svg`);
  const drawn = report.figures.map((figure) => drawPlot(figure.plot, PRINT_PALETTE, WIDTH));
  const files = report.figures.map(({ title, sentence }, i) => {
    const svg = framed(drawn[i]!, PRINT_PALETTE, visibleText(title), visibleText(sentence));
    return { name: names[i]!, svg: `${markupText(svg)}\n` };
  });
  const sections = report.figures.flatMap((figure, i) =>
    figureSection(figure, pathTo(folder, names[i]!), drawn[i]!.notes),
  );
  const blocks = [
    `# ${inLine(report.title)}`,
    ...report.notes.map(paragraph),
    ...sections,
    "## Methods",
    ...report.methods.map(paragraph),
  ];
  return { text: `${blocks.join("\n\n")}\n`, files };
}

function figureSection(figure: StudyFigure, path: string, notes: readonly string[]): string[] {
  return [
    `## ${inLine(figure.title)}`,
    paragraph(figure.sentence),
    `![${inLine(figure.title)}](${path})`,
    paragraph([figure.caption, ...notes].join(" ")),
    ...(figure.subject.length > 0
      ? [figure.subject.map((line) => `- ${paragraph(line)}`).join("\n")]
      : []),
    ...tableBlocks(writtenTable(figure.table)),
  ];
}

function tableBlocks(table: WrittenTable): string[] {
  const { columns, rows } = table;
  if (columns.length === 0 || rows.length === 0) return [];
  const shown = rows.slice(0, LONGEST_TABLE);
  const lines = [
    row(columns.map(({ title }) => title)),
    row(
      columns.map(({ isNumber }) => (isNumber ? "---:" : "---")),
      String,
    ),
    ...shown.map((cells) => row(cells)),
  ].join("\n");
  if (rows.length <= LONG_TABLE) return [lines];
  const count = formatNumber(rows.length, 0);
  const cut =
    shown.length < rows.length ? [`The first ${LONGEST_TABLE} of ${count} rows are shown.`] : [];
  return [`<details><summary>Table: ${count} rows</summary>`, lines, ...cut, "</details>"];
}

function row(cells: readonly string[], write = inLine): string {
  return `| ${cells.map((cell) => write(cell)).join(" | ")} |`;
}

/** Text on a line of its own, which would otherwise be a heading, a list, or a formula. */
function paragraph(text: string): string {
  return inLine(text)
    .replace(/^[#+=-]/u, "\\$&")
    .replace(/^(\d+)([.)])/u, "$1\\$2");
}

/** On GitHub, dollars stand around formulas. */
function inLine(text: string): string {
  return plainInMarkdown(visibleText(text)).trim().replaceAll("$", "\\$&");
}

function pathTo(folder: string, name: string): string {
  const parts = [...folder.split("/").filter((part) => part !== ""), name];
  return parts
    .map(encodeURIComponent)
    .join("/")
    .replace(/[()]/gu, (one) => (one === "(" ? "%28" : "%29"));
}
