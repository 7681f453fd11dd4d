import { existsSync } from "node:fs";
import { commands, type ExtensionContext, type LogOutputChannel, Uri, window } from "vscode";
import { type Configuration, ConfigurationNotice } from "../protocol/configuration";
import type { App } from "./app";
import { registerCommands } from "./commands";
import { scoreAgain } from "./commands/highlight";
import { ContextKeyWriter } from "./window/contextKeys";
import { tellOfEnd } from "./connection/crashNotice";
import { CurrentEditor } from "./editor/currentEditor";
import { showError } from "./window/errors";
import { HeatMap } from "./heatmap/heatmap";
import { shownView } from "./heatmap/shownView";
import { Highlights } from "./heatmap/highlights";
import { Jobs } from "./status/jobs";
import { JobsItem } from "./status/jobsItem";
import { LiveItem } from "./status/liveItem";
import { LiveMode } from "./window/liveMode";
import { embeddedPair, resolvePair } from "./settings/pairs";
import { Reports } from "./panels/report";
import { Rescoring } from "./heatmap/rescoring";
import { Runs } from "./runs/runs";
import { SelectionNumbers } from "./editor/selection";
import { Server } from "./connection/server";
import { scoringKey, UserSettings } from "./settings/settings";
import { StatusBar } from "./status/statusBar";
import { DocumentView } from "./views/documentView";
import { ModelsView } from "./views/modelsView";
import { RunsView } from "./views/runsView";

let server: Server | undefined;

/** Builds everything. Nothing native is loaded; the language server starts with the first request. */
export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Twinlens", { log: true });
  const settings = new UserSettings((message) => log.warn(message));
  const live = new LiveMode(context);
  const embedded = embeddedPair(context.extensionPath, existsSync);
  const pair = () => resolvePair(settings.current.pairs, settings.current.pair, embedded);
  const hasPair = () => !("problem" in pair());
  const view = () => shownView(settings.current.view, pair());

  const configuration = (): Configuration => {
    const inUse = pair();
    return {
      settings: settings.current,
      live: live.isOn,
      pair: "problem" in inUse ? { name: "", base: null, rlhf: null } : inUse,
      storagePath: context.globalStorageUri.fsPath,
    };
  };
  server = createServer(context, log, configuration);
  const highlights = new Highlights(server);
  const jobs = new Jobs(server, highlights);
  const editor = new CurrentEditor();
  const selection = new SelectionNumbers(server, highlights, editor);
  const heatMap = new HeatMap(highlights, { server, view, log });
  const keys = new ContextKeyWriter(server, highlights, editor, hasPair);
  const statusBar = new StatusBar({ highlights, editor, selection, pair, view });
  const jobsItem = new JobsItem(jobs, editor);
  const liveItem = new LiveItem(live);
  const modelsView = new ModelsView(server, hasPair);
  const documentView = new DocumentView(highlights, editor, view);
  const reports = new Reports({ extensionUri: context.extensionUri, server, highlights, log });
  const runsFolder = Uri.joinPath(context.globalStorageUri, "runs");
  const runsView = new RunsView(runsFolder, jobs);
  const runs = new Runs({
    extensionUri: context.extensionUri,
    folder: runsFolder,
    server,
    log,
    onChange: () => runsView.refresh(),
  });
  const app: App = {
    log,
    extensionUri: context.extensionUri,
    storage: context.globalStorageUri,
    settings,
    live,
    editor,
    highlights,
    jobs,
    reports,
    runs,
    runsView,
    embedded,
    pair,
    view,
  };

  const rescoring = createRescoring(app, server);

  log.info("Pair of models:", pair());
  let scoredUnder = scoringKey(settings.current, pair());

  context.subscriptions.push(
    log,
    settings,
    live,
    server,
    highlights,
    jobs,
    editor,
    selection,
    heatMap,
    keys,
    statusBar,
    jobsItem,
    liveItem,
    modelsView,
    documentView,
    reports,
    runs,
    runsView,
    rescoring,
    window.registerTreeDataProvider("twinlens.models", modelsView),
    window.registerTreeDataProvider("twinlens.runs", runsView),
    window.registerWebviewPanelSerializer("twinlens.report", reports.restorer()),
    window.registerCustomEditorProvider("twinlens.run", runs.editor()),
    ...registerCommands(app, server),
    server.onEnd((end) => {
      log.warn(`The language server has ended: ${end}.`);
      void tellOfEnd(end);
    }),
    live.onDidChange(() => void server?.notify(ConfigurationNotice.changed, configuration())),
    settings.onDidChange(() => {
      void server?.notify(ConfigurationNotice.changed, configuration());
      for (const part of [heatMap, keys, statusBar, modelsView, documentView]) part.refresh();
      const before = scoredUnder;
      scoredUnder = scoringKey(settings.current, pair());
      if (scoredUnder === before) return;
      highlights.outdate(configuration().pair.name);
      if (hasPair()) void rescoring.look();
    }),
  );
  // `npm start` asks for it.
  if (process.env["TWINLENS_TOUR"] === "1") void commands.executeCommand("twinlens.tour", "all");
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

function createRescoring(app: App, server: Server): Rescoring {
  const { highlights, editor, log } = app;
  return new Rescoring({
    highlights,
    visible() {
      const active = editor.get();
      const shown = [...(active ? [active] : []), ...window.visibleTextEditors];
      return shown.map(({ document }) => document.uri.toString());
    },
    onLook: editor.onDidChange,
    score: (uri) => scoreAgain(app, server, uri),
    onError: (error) => void showError(log, error),
  });
}

/** The client's code is loaded with the first request: activation does not wait for it. */
function createServer(
  context: ExtensionContext,
  log: LogOutputChannel,
  configuration: () => Configuration,
): Server {
  return new Server(async (onEnd) => {
    const { createClient } = await import("./connection/client");
    return createClient({ context, log, configuration, onEnd });
  });
}
