import { type Disposable, window } from "vscode";
import type { App } from "./app";
import type { Server } from "./connection/server";
import { SelectionNumbers } from "./editor/selection";
import { HeatMap } from "./heatmap/heatmap";
import { hasPair } from "./settings/choice";
import { JobsItem } from "./status/jobsItem";
import { LiveItem } from "./status/liveItem";
import { StatusBar } from "./status/statusBar";
import { DocumentView } from "./views/documentView";
import { ModelsView } from "./views/modelsView";
import { ContextKeyWriter } from "./window/contextKeys";

/** What the window shows by itself: heat map, status bar, sidebar. */
export interface Shown {
  /** What the settings decide, to be drawn again when they change. */
  readonly bySettings: readonly { refresh(): void }[];
  readonly disposables: readonly Disposable[];
}

export function show(app: App, server: Server): Shown {
  const { log, highlights, jobs, editor, live, pair, view } = app;
  const isPaired = () => hasPair(app);
  const selection = new SelectionNumbers(server, highlights, editor);
  const heatMap = new HeatMap(highlights, { server, view, log });
  const keys = new ContextKeyWriter(server, highlights, editor, isPaired);
  const statusBar = new StatusBar({ highlights, editor, selection, pair, view });
  const jobsItem = new JobsItem(jobs, editor);
  const liveItem = new LiveItem(live);
  const modelsView = new ModelsView(server, isPaired);
  const documentView = new DocumentView(highlights, editor, view);
  return {
    bySettings: [heatMap, keys, statusBar, modelsView, documentView],
    disposables: [
      selection,
      heatMap,
      keys,
      statusBar,
      jobsItem,
      liveItem,
      modelsView,
      documentView,
      window.registerTreeDataProvider("twinlens.models", modelsView),
    ],
  };
}
