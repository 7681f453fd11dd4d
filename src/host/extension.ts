import {
  commands,
  type Disposable,
  type ExtensionContext,
  type LogOutputChannel,
  Uri,
  window,
} from "vscode";
import { type Configuration, ConfigurationNotice } from "../protocol/configuration";
import { UnfinishedAdaptations } from "./adaptation/unfinished";
import type { App } from "./app";
import { registerCommands } from "./commands";
import { scoreAgain } from "./commands/highlight";
import { tellOfEnd } from "./connection/crashNotice";
import { Server } from "./connection/server";
import { ContinuationPanel } from "./continuation/continuationPanel";
import { Continuations } from "./continuation/continuations";
import { TryTree } from "./continuation/tryTree";
import { CurrentEditor } from "./editor/currentEditor";
import { Game } from "./game/game";
import { GamePanel } from "./game/gamePanel";
import { Highlights } from "./heatmap/highlights";
import { Rescoring } from "./heatmap/rescoring";
import { Fetching } from "./models/fetching";
import { HubToken } from "./models/hubToken";
import { LocalModels } from "./models/localModels";
import { Wishes } from "./models/wishes";
import { Reports } from "./panels/report";
import { Runs } from "./runs/runs";
import {
  type Choice,
  configurationOf,
  createChoice,
  hasPair,
  isPairOfUser,
} from "./settings/choice";
import { scoringKey } from "./settings/settings";
import { show, type Shown } from "./shown";
import { Studies } from "./studies/studies";
import { Jobs } from "./status/jobs";
import { RunsView } from "./views/runsView";
import { showError } from "./window/errors";
import { reach } from "./window/milestones";

let server: Server | undefined;

/** Builds everything. Nothing native is loaded; the language server starts with the first request. */
export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Twinlens", { log: true });
  const choice = createChoice(context, log);
  const configuration = () => configurationOf(choice, context.globalStorageUri.fsPath);
  server = createServer(context, log, configuration);
  const app = createApp(context, log, choice, server);
  const shown = show(app, server);

  log.info("Pair of models:", app.pair());
  context.subscriptions.push(
    ...partsOf(app),
    server,
    ...shown.disposables,
    window.registerTreeDataProvider("twinlens.runs", app.runsView),
    window.registerWebviewPanelSerializer("twinlens.report", app.reports.restorer()),
    window.registerWebviewPanelSerializer("twinlens.study", app.studies.restorer()),
    window.registerWebviewPanelSerializer("twinlens.game", app.gamePanel.restorer()),
    window.registerWebviewPanelSerializer(
      "twinlens.continuations",
      app.continuationPanel.restorer(),
    ),
    window.registerCustomEditorProvider("twinlens.run", app.runs.editor()),
    ...registerCommands(app, server),
    server.onEnd((end) => {
      log.warn(`The language server has ended: ${end}.`);
      void tellOfEnd(end);
    }),
    ...followChoice(app, server, shown, configuration),
  );
  app.fetching.tellOfInterrupted().catch((error: unknown) => showError(log, error));
  if (isPairOfUser(app)) reach("pair");
  // `npm start` asks for it.
  if (process.env["TWINLENS_TOUR"] === "1") void commands.executeCommand("twinlens.tour", "all");
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** What commands use. */
function createApp(
  context: ExtensionContext,
  log: LogOutputChannel,
  choice: Choice,
  server: Server,
): App {
  const { extensionUri, globalStorageUri: storage, workspaceState: store } = context;
  const highlights = new Highlights(server);
  const jobs = new Jobs(server, highlights);
  const editor = new CurrentEditor();
  const models = new LocalModels(server);
  const wishes = new Wishes(context.globalState);
  const hubToken = new HubToken(context.secrets, server);
  const { settings } = choice;
  const fetching = new Fetching({ server, settings, models, wishes, token: hubToken, log });
  const reports = new Reports({ extensionUri, server, highlights, log });
  const folder = Uri.joinPath(storage, "runs");
  const runsView = new RunsView(folder, jobs);
  const onChange = () => runsView.refresh();
  const runs = new Runs({ extensionUri, folder, server, log, onChange });
  const openRun = (uri: Uri, name: string) => runs.open(uri, name);
  const studies = new Studies({ extensionUri, server, openRun, log });
  const unfinished = new UnfinishedAdaptations(context.globalState);
  const game = new Game({ server, store, pair: choice.pair });
  const gamePanel = new GamePanel({ extensionUri, server, game, log });
  const tried = new TryTree(store);
  const continuations = new Continuations({
    server,
    tree: tried,
    settings: () => settings.current,
    pair: choice.pair,
  });
  const panelParts = { extensionUri, server, tree: tried, continuations, log };
  const continuationPanel = new ContinuationPanel(panelParts);
  return {
    ...choice,
    log,
    extensionUri,
    storage,
    editor,
    highlights,
    jobs,
    models,
    wishes,
    hubToken,
    fetching,
    reports,
    runs,
    runsView,
    studies,
    unfinished,
    game,
    gamePanel,
    tried,
    continuations,
    continuationPanel,
  };
}

function partsOf(app: App): Disposable[] {
  const { log, settings, live, highlights, jobs, editor, models } = app;
  const { reports, runs, runsView, studies, game, gamePanel } = app;
  const { tried, continuations, continuationPanel } = app;
  return [
    ...[log, settings, live, highlights, jobs, editor, models],
    ...[reports, runs, runsView, studies, gamePanel, game],
    ...[continuationPanel, continuations, tried],
  ];
}

/** Has server and window follow what the user chooses. */
function followChoice(
  app: App,
  server: Server,
  { bySettings }: Shown,
  configuration: () => Configuration,
): Disposable[] {
  const { settings, live, pair, highlights, game, tried } = app;
  const rescoring = createRescoring(app, server);
  const tellServer = () => void server.notify(ConfigurationNotice.changed, configuration());
  let scoredUnder = scoringKey(settings.current, pair());
  return [
    rescoring,
    live.onDidChange(tellServer),
    settings.onDidChange(() => {
      tellServer();
      tried.refresh();
      for (const part of bySettings) part.refresh();
      const before = scoredUnder;
      scoredUnder = scoringKey(settings.current, pair());
      if (scoredUnder === before) return;
      highlights.outdate(configuration().pair.name);
      game.outdate();
      if (hasPair(app)) void rescoring.look();
    }),
  ];
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
