/** The study panel: what of a study has been measured, and its figures as they come. */
import type { FromStudy, ToStudy } from "../../src/protocol/studyPanel";
import { registerComponents } from "../kit/components";
import { adoptStyles, element } from "../kit/dom";
import { connectToHost } from "../kit/messages";
import sharedStyles from "../kit/style.css";
import studyStyles from "./study.css";
import { type StudyPage, studyPage } from "./studyPage";

const host = connectToHost<ToStudy, FromStudy>();
let page: StudyPage | null = null;

adoptStyles(sharedStyles, studyStyles);
registerComponents();
showState("status", "Waiting for the study …");
host.onMessage((message) => {
  switch (message.type) {
    case "show": {
      host.keep({ uri: message.uri });
      const shown = pageOnScreen();
      shown.showReport(message.title, message.report);
      return shown.showProgress(message.cells, message.progress);
    }
    case "progress":
      return page?.showProgress(message.cells, message.progress);
    case "error":
      return fail(message.message);
    default:
      message satisfies never;
  }
});
ask({ type: "ready" });

function pageOnScreen(): StudyPage {
  if (page === null) {
    page = studyPage({
      run: () => ask({ type: "run" }),
      cancel: () => ask({ type: "cancel" }),
      open: (target) => ask({ type: "openDocument", target }),
      saveReport: (format) => host.ask({ type: "export", format }),
      save: {
        png: (name, data) => host.ask({ type: "savePng", name, data }),
        svg: (name, text) => host.ask({ type: "saveText", name, format: "svg", text }),
        csv: (name, text) => host.ask({ type: "saveText", name, format: "csv", text }),
      },
    });
    document.body.replaceChildren(page.root);
  }
  return page;
}

function ask(request: FromStudy): void {
  page?.warn("");
  host.ask(request).catch((error: Error) => fail(error.message));
}

/** What is on the page stays: a later failure never removes figures. */
function fail(text: string): void {
  if (page) page.warn(text);
  else showState("alert", text);
}

function showState(role: "status" | "alert", text: string): void {
  const kind = role === "alert" ? "state error" : "state";
  document.body.replaceChildren(element("main", {}, element("div", { class: kind, role }, text)));
}
