import { join } from "node:path";
import { CodeLensRefreshRequest, type Connection } from "vscode-languageserver/node";
import { version } from "../../package.json";
import { notificationText } from "../analysis/notificationText";
import type { Engine } from "../engine/engine";
import * as protocol from "../protocol/requests";
import {
  type OpenRunParams,
  type RemoveRunParams,
  type RenameRunParams,
  RUN_MESSAGE,
  RunMethod,
  type RunOptionsParams,
  type RunParams,
  type StartRunParams,
} from "../protocol/runRequests";
import type { TextRange } from "../protocol/scores";
import type { RunAnalyser } from "../jobs/runs/workerClient";
import { createCache, type Cache } from "./cache";
import { paintedCells } from "./paintedCells";
import { comparePair } from "./comparePair";
import { parseConfiguration } from "./configuration";
import { createDocuments, type Documents } from "./documents";
import { estimateJob, type Rates } from "./estimate";
import { codeLenses } from "./features/codeLens";
import { replacement, tokenDetails } from "./features/details";
import { hover } from "./features/hover";
import { followsSelection, inlayHints } from "./features/inlayHints";
import type { HighlightedDocument } from "./highlighted";
import { createHighlighter, type Highlighter } from "./highlighter";
import { createJobProgress, type JobProgress } from "./jobProgress";
import { createJobs, type Jobs } from "./jobs";
import { createModelHashes, type ModelHashes } from "./modelHash";
import { createModels, type Models } from "./models";
import { createQueue } from "./queue";
import { divergence, documentReport, exportText, summary } from "./reports";
import { failure, respond, responseError } from "./responses";
import { createRuns, type Runs } from "./runs";
import { createScoredNotices } from "./scoredNotices";
import { scopeOf } from "./scope";
import { createScoreStore, type ScoreStore } from "./scoreStore";
import { throttle } from "./throttle";

const { Method, Notice } = protocol;

/** Starts an engine process. `onCrash`: it has ended without being asked to. */
export type StartEngine = (onCrash: () => void) => Engine;

/** Editors ask for all lenses and hints again after each refresh. */
const REFRESH_INTERVAL_MS = 500;

const CACHE_FOLDER = "scores";
const BYTES_PER_MB = 1024 * 1024;

/** The server's parts. */
interface Parts {
  readonly connection: Connection;
  readonly startEngine: StartEngine;
  readonly configuration: () => protocol.Configuration;
  readonly documents: Documents;
  readonly models: Models;
  readonly hashes: ModelHashes;
  readonly store: ScoreStore;
  readonly highlighter: Highlighter;
  readonly jobs: Jobs;
  readonly progressOf: (uri: string) => JobProgress;
  readonly runs: Runs;
}

/** Builds the server on a connection; it answers from the client's `initialize` on. */
export function createServer(
  connection: Connection,
  startEngine: StartEngine,
  startAnalyser: () => RunAnalyser,
): void {
  connection.onInitialize(({ initializationOptions }) => {
    const parts = build(
      connection,
      startEngine,
      startAnalyser,
      parseConfiguration(initializationOptions),
    );
    answerAboutDocuments(parts);
    answerAboutModels(parts);
    answerAboutRuns(parts);
    answerEditors(parts);
    // Everything else is registered later, for highlighted documents only.
    return { capabilities: {}, serverInfo: { name: "Twinlens", version } };
  });
}

function build(
  connection: Connection,
  startEngine: StartEngine,
  startAnalyser: () => RunAnalyser,
  initial: protocol.Configuration,
): Parts {
  const log = (message: string) => connection.console.warn(message);
  const notify = (notice: string) => (params: unknown) => {
    void connection.sendNotification(notice, params);
  };
  let configuration = initial;
  let cache = cacheOf(initial, log);
  const hashes = createModelHashes(() => cache);
  const store = createScoreStore(() => cache, hashes, log);
  const models = createModels(startEngine, initial, notify(Notice.modelsChanged));
  const documents = createDocuments(connection, {
    edited: (document, steps) => highlighter.edited(document, steps),
    closed: (uri) => highlighter.clear(uri),
  });
  const jobs = createJobs(notify(Notice.jobs));
  const tellProgress = notify(Notice.progress);
  const progressOf = (uri: string) =>
    createJobProgress(
      uri,
      (progress) => {
        tellProgress(progress);
        jobs.follow(progress);
      },
      () => performance.now(),
    );
  const hints = throttle(() => refreshHints(connection), REFRESH_INTERVAL_MS);
  const lenses = throttle(() => refreshLenses(connection), REFRESH_INTERVAL_MS);
  const highlighter: Highlighter = createHighlighter({
    configuration: () => configuration,
    documents,
    models,
    store,
    queue: createQueue(),
    jobs,
    notices: createScoredNotices(notify(Notice.scored)),
    progressOf,
    refreshHints: hints,
    refreshLenses: lenses,
    onLiveError(error) {
      connection.window.showErrorMessage(notificationText(responseError(error).message));
    },
  });

  connection.onNotification(Notice.configure, (value: unknown) => {
    const next = parseConfiguration(value);
    configuration = next;
    cache = cacheOf(next, log);
    highlighter.configured();
    models.configure(next);
    hints();
    lenses();
  });
  const runs = createRuns({
    configuration: () => configuration,
    models,
    hashes,
    jobs,
    startAnalyser,
    tell: (id, message) => notify(RUN_MESSAGE)({ id, message }),
    log,
  });
  connection.onShutdown(async () => {
    highlighter.cancel(null);
    await runs.closeAll();
    models.unload();
  });
  return {
    connection,
    startEngine,
    configuration: () => configuration,
    documents,
    models,
    hashes,
    store,
    highlighter,
    jobs,
    progressOf,
    runs,
  };
}

/** What the host asks about documents. */
function answerAboutDocuments(parts: Parts): void {
  const { connection, highlighter, hashes } = parts;
  const known = (uri: string): HighlightedDocument => {
    const found = highlighter.get(uri);
    if (!found) throw failure("The document is not highlighted.");
    return found;
  };
  const rates: Rates = new WeakMap();

  connection.onRequest(
    Method.highlight,
    respond(async (params: protocol.HighlightParams, signal) =>
      summary(await highlighter.highlight(params, signal), null),
    ),
  );
  connection.onRequest(
    Method.estimate,
    respond((params: protocol.HighlightParams, signal) => estimate(parts, params, rates, signal)),
  );
  connection.onRequest(
    Method.clear,
    respond(({ uri }: protocol.DocumentParams) => {
      highlighter.clear(uri);
      return null;
    }),
  );
  connection.onRequest(
    Method.cells,
    respond(({ uri, view, range }: protocol.CellsParams) => paintedCells(known(uri), view, range)),
  );
  connection.onRequest(
    Method.summary,
    respond(({ uri, range }: protocol.SummaryParams) => summary(known(uri), range)),
  );
  connection.onRequest(
    Method.divergence,
    respond((params: protocol.DivergenceParams) => divergence(known(params.uri), params)),
  );
  connection.onRequest(
    Method.details,
    respond(({ uri, offset }: protocol.OffsetParams) => tokenDetails(known(uri), offset)),
  );
  connection.onRequest(
    Method.alternative,
    respond((params: protocol.AlternativeParams) => replacement(known(params.uri), params)),
  );
  connection.onRequest(
    Method.report,
    respond(({ uri }: protocol.DocumentParams) => documentReport(known(uri))),
  );
  connection.onRequest(
    Method.export,
    respond(({ uri, format }: protocol.ExportParams) =>
      exportText(known(uri), format, hashes, version),
    ),
  );
}

async function estimate(
  { documents, highlighter, jobs, models, store, configuration, progressOf }: Parts,
  params: protocol.HighlightParams,
  rates: Rates,
  signal: AbortSignal,
): Promise<protocol.Estimate> {
  const { uri } = params;
  const progress = progressOf(uri);
  const text = (await documents.follow(uri)).getText();
  const listed = jobs.addLoading(uri);
  try {
    const { settings } = configuration();
    const task = { text, settings, ...scopeOf(params, text, highlighter.get(uri)?.scope) };
    const found = await estimateJob(task, models, store, rates, progress.loading, signal);
    jobs.expect(uri, found.seconds);
    return found;
  } finally {
    listed.end();
    progress.end();
    if (!highlighter.get(uri)) documents.forget(uri);
  }
}

/** What the host asks about models. */
function answerAboutModels({ connection, models, jobs, startEngine, progressOf }: Parts): void {
  connection.onRequest(
    Method.models,
    respond(() => models.state()),
  );
  connection.onRequest(
    Method.load,
    respond(async (_: unknown, signal) => {
      // No document waits for this: the progress has no URI.
      const progress = progressOf("");
      const listed = jobs.addLoading("");
      try {
        await models.use(() => models.loadTogether(progress.loading, signal));
      } finally {
        listed.end();
        progress.end();
      }
      return models.state();
    }),
  );
  connection.onRequest(
    Method.unload,
    respond(() => {
      models.unload();
      return models.state();
    }),
  );
  connection.onRequest(
    Method.comparePair,
    respond((params: protocol.ComparePairParams, signal) =>
      comparePair(params, () => startEngine(() => undefined), signal),
    ),
  );
}

/** What the host asks about runs. */
function answerAboutRuns({ connection, runs }: Parts): void {
  const answer = <P>(method: string, act: (params: P) => unknown) =>
    connection.onRequest(method, respond(act));
  answer(RunMethod.start, (params: StartRunParams) => runs.start(params));
  answer(RunMethod.open, (params: OpenRunParams) => runs.open(params));
  answer(RunMethod.options, (params: RunOptionsParams) => runs.setOptions(params));
  answer(RunMethod.cancel, (params: RunParams) => runs.cancel(params));
  answer(RunMethod.resume, (params: RunParams) => runs.resume(params));
  answer(RunMethod.score, (params: RunParams) => runs.score(params));
  answer(RunMethod.show, (params: RunParams) => runs.show(params));
  answer(RunMethod.close, (params: RunParams) => runs.close(params));
  answer(RunMethod.rename, (params: RenameRunParams) => runs.rename(params));
  answer(RunMethod.remove, (params: RemoveRunParams) => runs.remove(params));
}

/** What editors show of highlighted documents, and what they report: visible range and selection. */
function answerEditors({ connection, highlighter, configuration }: Parts): void {
  connection.onNotification(Notice.cancel, ({ uri }: protocol.CancelParams) =>
    highlighter.cancel(uri),
  );
  connection.onNotification(Notice.visible, ({ uri, visible }: protocol.VisibleParams) => {
    const highlighted = highlighter.get(uri);
    if (highlighted) highlighted.visible = visible;
  });
  connection.onNotification(Notice.selection, ({ uri, selection }: protocol.SelectionParams) => {
    const highlighted = highlighter.get(uri);
    if (!highlighted) return;
    const before = highlighted.selection;
    highlighted.selection = selection;
    const mode = configuration().settings.inlayHints;
    if (followsSelection(mode, highlighted.document, before, selection)) refreshHints(connection);
  });
  connection.onHover(({ textDocument, position }) => {
    const highlighted = highlighter.get(textDocument.uri);
    return highlighted ? hover(highlighted, highlighted.document.offsetAt(position)) : null;
  });
  connection.languages.inlayHint.on(({ textDocument, range }) => {
    const highlighted = highlighter.get(textDocument.uri);
    if (!highlighted) return [];
    const { document } = highlighted;
    const part: TextRange = {
      start: document.offsetAt(range.start),
      endExclusive: document.offsetAt(range.end),
    };
    return inlayHints(highlighted, configuration().settings.inlayHints, part);
  });
  connection.onCodeLens(({ textDocument }) => {
    const highlighted = highlighter.get(textDocument.uri);
    return highlighted && configuration().settings.codeLens ? codeLenses(highlighted) : [];
  });
}

function refreshLenses(connection: Connection): void {
  connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
}

function refreshHints(connection: Connection): void {
  connection.languages.inlayHint.refresh().catch(() => undefined);
}

function cacheOf(
  { storagePath, settings }: protocol.Configuration,
  log: (message: string) => void,
): Cache {
  const folder = storagePath === null ? null : join(storagePath, CACHE_FOLDER);
  return createCache(folder, settings.cacheMB * BYTES_PER_MB, log);
}
