/** The study panel: what of a study has been measured, and its figures as they come. */
import type { FromStudy, ToStudy } from "../../src/protocol/studyPanel";
import { registerComponents } from "../kit/components";
import { adoptStyles } from "../kit/dom";
import { connectToHost } from "../kit/messages";
import { pageOnScreen } from "../kit/pageOnScreen";
import sharedStyles from "../kit/style.css";
import studyStyles from "./study.css";
import { type StudyPage, studyPage } from "./studyPage";

const host = connectToHost<ToStudy, FromStudy>();

adoptStyles(sharedStyles, studyStyles);
registerComponents();
const panel = pageOnScreen(makePage, "Waiting for the study …");
host.onMessage((message) => {
  switch (message.type) {
    case "show": {
      host.keep({ uri: message.uri });
      const page = panel.show();
      page.showReport(message.title, message.report);
      return page.showProgress(message.cells, message.progress);
    }
    case "progress":
      return panel.page()?.showProgress(message.cells, message.progress);
    case "error":
      return panel.fail(message.message);
    default:
      message satisfies never;
  }
});
ask({ type: "ready" });

function makePage(): StudyPage {
  return studyPage({
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
}

function ask(request: FromStudy): void {
  panel.ask(host.ask(request));
}
