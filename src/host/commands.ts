import { commands, type Disposable, window } from "vscode";
import { notificationText } from "../analysis/presentation/notificationText";
import type { App } from "./app";
import { adaptToTexts } from "./commands/adapt";
import { analyzeAnchors } from "./commands/anchors";
import { continueFromHere } from "./commands/continueFromHere";
import {
  copyNumbers,
  exportCsv,
  exportJson,
  exportWordsCsv,
  exportWordsJson,
} from "./commands/exports";
import {
  cancelJob,
  clearHighlights,
  highlightDocument,
  highlightSelection,
  scoreAsReply,
} from "./commands/highlight";
import { guessWord } from "./commands/game";
import { getPair } from "./commands/getPair";
import { removeHubToken, setHubToken } from "./commands/hubToken";
import { addGpuSupport } from "./commands/gpu";
import { showJobs } from "./commands/jobs";
import { addSamples, importSamples } from "./commands/importSamples";
import { loadModels, restartServer, showLog, unloadModels } from "./commands/lifecycle";
import { copyModelPath, manageModels, removeModel } from "./commands/localModels";
import { nextDivergence, previousDivergence, revealRange } from "./commands/navigate";
import { forgetProbe, trainProbe } from "./commands/probes";
import { addPair, chooseAdapter, choosePair, useAsBase, useAsRlhf } from "./commands/pairs";
import { deleteRun, exportRun, openRecordedRun, openRun, renameRun } from "./commands/runs";
import { openReport } from "./commands/report";
import { editStudy, newStudy, openStudy, runStudy } from "./commands/studies";
import { insertAlternative, showToken } from "./commands/token";
import { openSample, tour } from "./commands/tour";
import { cancelModel, pauseModel, resumeModel } from "./commands/transfers";
import { chooseView, toggleLive } from "./commands/view";
import { showError } from "./window/errors";
import type { Server } from "./connection/server";

/** A command that works without the language server. */
type PlainCommand = (app: App, ...argumentList: unknown[]) => unknown;
/** A command that asks the language server. */
type ServerCommand = (app: App, server: Server, ...argumentList: unknown[]) => unknown;

/** What a command needs before it can run. */
type Command =
  | { readonly needs: "nothing"; readonly run: PlainCommand }
  | { readonly needs: "server"; readonly run: ServerCommand }
  /** A server and a pair of models; without a pair the user is asked to choose one. */
  | { readonly needs: "models"; readonly run: ServerCommand };

const plain = (run: PlainCommand): Command => ({ needs: "nothing", run });
const withServer = (run: ServerCommand): Command => ({ needs: "server", run });
const withModels = (run: ServerCommand): Command => ({ needs: "models", run });

/** Every command of the manifest, without the `twinlens.` in front. */
export const commandTable = {
  highlightDocument: withModels(highlightDocument),
  highlightSelection: withModels(highlightSelection),
  scoreAsReply: withModels(scoreAsReply),
  clearHighlights: plain(clearHighlights),
  cancelJob: plain(cancelJob),
  showJobs: plain(showJobs),
  chooseView: plain(chooseView),
  nextDivergence: withModels(nextDivergence),
  previousDivergence: withModels(previousDivergence),
  showToken: withModels(showToken),
  insertAlternative: withModels(insertAlternative),
  revealRange: plain(revealRange),
  openReport: withModels(openReport),
  exportCsv: withModels(exportCsv),
  exportJson: withModels(exportJson),
  exportWordsCsv: withModels(exportWordsCsv),
  exportWordsJson: withModels(exportWordsJson),
  copyNumbers: withModels(copyNumbers),
  analyzeAnchors: withModels(analyzeAnchors),
  importSamples: withServer(importSamples),
  addSamples: withServer(addSamples),
  openRun: plain(openRun),
  openRecordedRun: plain(openRecordedRun),
  openSample: withModels(openSample),
  tour: withModels(tour),
  renameRun: plain(renameRun),
  deleteRun: plain(deleteRun),
  exportRun: plain(exportRun),
  newStudy: plain(newStudy),
  runStudy: withServer((app, _, study) => runStudy(app, study)),
  openStudy: withServer((app, _, study) => openStudy(app, study)),
  editStudy: plain(editStudy),
  continueFromHere: withModels(continueFromHere),
  guessWord: withModels(guessWord),
  trainProbe: withModels(trainProbe),
  forgetProbe: withServer(forgetProbe),
  adaptToTexts: withModels(adaptToTexts),
  getPair: withServer(getPair),
  manageModels: withServer(manageModels),
  pauseModel: withServer((app, _, subject) => pauseModel(app, subject)),
  resumeModel: withServer((app, _, subject) => resumeModel(app, subject)),
  cancelModel: withServer((app, _, subject) => cancelModel(app, subject)),
  removeModel: withServer(removeModel),
  copyModelPath: plain(copyModelPath),
  setHubToken: plain(setHubToken),
  removeHubToken: plain(removeHubToken),
  choosePair: withServer(choosePair),
  addPair: withServer(addPair),
  chooseAdapter: plain(chooseAdapter),
  useAsBase: plain(useAsBase),
  useAsRlhf: plain(useAsRlhf),
  addGpuSupport: withServer(addGpuSupport),
  loadModels: withModels(loadModels),
  unloadModels: withServer(unloadModels),
  restartServer: withServer(restartServer),
  toggleLive: plain(toggleLive),
  showLog: plain(showLog),
} as const satisfies Record<string, Command>;

export function registerCommands(app: App, server: Server): Disposable[] {
  return Object.entries<Command>(commandTable).map(([verb, command]) =>
    commands.registerCommand(`twinlens.${verb}`, async (...argumentList: unknown[]) => {
      try {
        await run(command, app, server, argumentList);
      } catch (error) {
        await showError(app.log, error);
      }
    }),
  );
}

async function run(
  command: Command,
  app: App,
  server: Server,
  argumentList: readonly unknown[],
): Promise<void> {
  if (command.needs === "nothing") {
    await command.run(app, ...argumentList);
    return;
  }
  if (command.needs === "models" && (await lacksPair(app))) return;
  server.revive();
  await command.run(app, server, ...argumentList);
}

/** Whether there is no pair to work with; if so, a message says why. */
async function lacksPair(app: App): Promise<boolean> {
  const pair = app.pair();
  if (!("problem" in pair)) return false;
  const choose = "Choose Pair";
  const answer = await window.showWarningMessage(notificationText(pair.problem), choose);
  if (answer === choose) await commands.executeCommand("twinlens.choosePair");
  return true;
}
