/** The document report: what both models expect of one text, in numbers and charts. */
import type { FromReport, ToReport } from "../../src/protocol/panels";
import type { DocumentReport, ReportData } from "../../src/protocol/report";
import type { TextRange } from "../../src/protocol/scores";
import type { Figure } from "../charts/figure";
import { figureView, type FigureView } from "../charts/figureView";
import type { SaveActions } from "../charts/saveButtons";
import { adoptStyles, element } from "../kit/dom";
import { connectToHost } from "../kit/messages";
import sharedStyles from "../kit/style.css";
import { onThemeChange, readTheme } from "../kit/theme";
import { registerComponents } from "../kit/components";
import { concentration } from "./concentration";
import { coverage } from "./coverage";
import { histogram } from "./histogram";
import { modelsTable } from "./modelsTable";
import reportStyles from "./report.css";
import { reportsByRole } from "./roles";
import { running } from "./running";
import { scatter } from "./scatter";
import { reportSubject } from "./subject";
import { summaryView } from "./summary";

const host = connectToHost<ToReport, FromReport>();
const main = element("main");
const save: SaveActions = {
  png: (name, data) => host.ask({ type: "savePng", name, data }),
  svg: (name, text) => host.ask({ type: "saveText", name, format: "svg", text }),
  csv: null,
};
let figures: readonly FigureView[] = [];

adoptStyles(sharedStyles, reportStyles);
registerComponents();
document.body.append(main);
showState("", "Waiting for the scores …");
onThemeChange(drawFigures);
host.onMessage((message) => {
  switch (message.type) {
    case "show":
      host.keep({ uri: message.report.uri });
      return showReport(message.report);
    case "error":
      return showState("error", message.message);
    default:
      message satisfies never;
  }
});
ask({ type: "ready" });

/** The host shows what goes wrong; nothing on the page waits for it. */
function ask(request: FromReport): void {
  host.ask(request).catch(() => undefined);
}

function showReport(report: DocumentReport): void {
  if (!reportsByRole(report).some(({ report }) => report.summary.scoredTokens > 0)) {
    showState("", "No token of this text has been scored yet.");
    return;
  }
  clear();
  const subject = reportSubject(report);
  figures = figuresOf(report).map((figure) => figureView(figure, subject, save));
  main.append(
    summaryView(report, (format) => ask({ type: "export", format })),
    element("div", { class: "figures" }, ...figures.map(({ root }) => root)),
    modelsTable(report),
  );
  drawFigures();
}

function figuresOf(report: ReportData): readonly Figure[] {
  const reveal = ({ start, endExclusive }: TextRange) =>
    ask({ type: "reveal", start, endExclusive });
  return [
    running(report, reveal),
    ...(report.scatter.length > 0 ? [scatter(report, reveal)] : []),
    histogram(report),
    coverage(report),
    concentration(report),
  ];
}

/** `data-drawn` marks that everything on the page is drawn. */
function drawFigures(): void {
  if (figures.length === 0) return;
  const theme = readTheme();
  for (const { draw } of figures) draw(theme);
  document.body.dataset.drawn = "1";
}

function showState(kind: "" | "error", text: string): void {
  clear();
  const role = kind === "error" ? "alert" : "status";
  main.append(element("div", { class: `state ${kind}`, role }, text));
}

function clear(): void {
  delete document.body.dataset.drawn;
  for (const { remove } of figures) remove();
  figures = [];
  main.replaceChildren();
}
