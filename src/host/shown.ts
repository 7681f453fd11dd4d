import { type Disposable, languages, window } from "vscode";
import type { App } from "./app";
import type { Server } from "./connection/server";
import { SelectionNumbers } from "./editor/selection";
import { HeatMap } from "./heatmap/heatmap";
import { FetchNotice } from "./models/fetchNotice";
import { hasPair } from "./settings/choice";
import { JobsItem } from "./status/jobsItem";
import { LiveItem } from "./status/liveItem";
import { StatusBar } from "./status/statusBar";
import { StudyChecks } from "./studies/studyChecks";
import { STUDIES } from "./studies/studyFiles";
import { studyLenses } from "./studies/studyLenses";
import { DocumentView } from "./views/documentView";
import { ModelsView } from "./views/modelsView";
import { StudiesView } from "./views/studiesView";
import { ContextKeyWriter } from "./window/contextKeys";
import { showError } from "./window/errors";

/** What the window shows by itself: heat map, status bar, sidebar. */
export interface Shown {
  /** What the settings decide, to be drawn again when they change. */
  readonly bySettings: readonly { refresh(): void }[];
  readonly disposables: readonly Disposable[];
}

export function show(app: App, server: Server): Shown {
  const { log, highlights, jobs, models, fetching, editor, live, pair, view, studies } = app;
  const isPaired = () => hasPair(app);
  const selection = new SelectionNumbers(server, highlights, editor);
  const heatMap = new HeatMap(highlights, { server, view, log });
  const keys = new ContextKeyWriter(server, highlights, editor, models, isPaired);
  const statusBar = new StatusBar({ highlights, editor, selection, pair, view });
  const jobsItem = new JobsItem(jobs, editor);
  const liveItem = new LiveItem(live);
  const modelsView = new ModelsView(server, models, isPaired);
  const documentView = new DocumentView(highlights, editor, view);
  const studiesView = new StudiesView(server, studies, jobs);
  return {
    bySettings: [heatMap, keys, statusBar, modelsView, documentView, studiesView],
    disposables: [
      selection,
      heatMap,
      keys,
      statusBar,
      jobsItem,
      liveItem,
      modelsView,
      documentView,
      studiesView,
      new FetchNotice(models, (sources) => {
        fetching.cancel(sources).catch((error: unknown) => showError(log, error));
      }),
      new StudyChecks(server, log),
      window.registerTreeDataProvider("twinlens.models", modelsView),
      window.registerTreeDataProvider("twinlens.studies", studiesView),
      languages.registerCodeLensProvider({ scheme: "file", pattern: STUDIES }, studyLenses),
    ],
  };
}
