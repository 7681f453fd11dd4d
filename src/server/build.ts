import { join } from "node:path";
import type { Connection } from "vscode-languageserver/node";
import { notificationText } from "../analysis/presentation/notificationText";
import type { Engine } from "../engine/engine";
import type { RunAnalyser } from "../jobs/runs/workerClient";
import { type Configuration, ConfigurationNotice } from "../protocol/configuration";
import { DocumentEvent } from "../protocol/documents";
import { JobEvent } from "../protocol/jobs";
import { ModelEvent } from "../protocol/models";
import { RunEvent } from "../protocol/runs";
import { createCache, type Cache } from "./scoring/cache";
import { hear, teller } from "./connection/channel";
import { parseConfiguration } from "./settings/configuration";
import { Documents } from "./documents/documents";
import { Highlighter } from "./documents/highlighter";
import { createJobProgress, type JobProgress } from "./jobs/jobProgress";
import { Jobs } from "./jobs/jobs";
import { createModelHashes, type ModelHashes } from "./models/modelHash";
import { Models } from "./models/models";
import { createQueue } from "./jobs/queue";
import { refreshHints, refreshLenses } from "./connection/refresh";
import { responseError } from "./connection/responses";
import { OpenRuns } from "./runs/openRuns";
import { ScoredNotices } from "./documents/scoredNotices";
import { createScoreStore, type ScoreStore } from "./scoring/scoreStore";
import { throttle } from "./jobs/throttle";

/** Starts an engine process. `onCrash`: it has ended without being asked to. */
export type StartEngine = (onCrash: () => void) => Engine;

/** Editors ask for all lenses and hints again after each refresh. */
const REFRESH_INTERVAL_MS = 500;

const CACHE_FOLDER = "scores";
const BYTES_PER_MB = 1024 * 1024;

/** The server's parts. */
export interface Parts {
  readonly connection: Connection;
  readonly startEngine: StartEngine;
  readonly configuration: () => Configuration;
  readonly documents: Documents;
  readonly models: Models;
  readonly hashes: ModelHashes;
  readonly store: ScoreStore;
  readonly highlighter: Highlighter;
  readonly jobs: Jobs;
  readonly progressOf: (uri: string) => JobProgress;
  readonly runs: OpenRuns;
}

/** Makes the parts and connects them. */
export function build(
  connection: Connection,
  startEngine: StartEngine,
  startAnalyser: () => RunAnalyser,
  initial: Configuration,
): Parts {
  const log = (message: string) => connection.console.warn(message);
  let configuration = initial;
  let cache = cacheOf(initial, log);
  const hashes = createModelHashes(() => cache);
  const store = createScoreStore(() => cache, hashes, log);
  const models = new Models(startEngine, initial, teller(connection, ModelEvent.changed));
  const documents = new Documents(connection, {
    edited: (document, steps) => highlighter.edited(document, steps),
    closed: (uri) => highlighter.clear(uri),
  });
  const jobs = new Jobs(teller(connection, JobEvent.changed));
  const tellProgress = teller(connection, DocumentEvent.progress);
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
  const highlighter: Highlighter = new Highlighter({
    configuration: () => configuration,
    documents,
    models,
    store,
    queue: createQueue(),
    jobs,
    notices: new ScoredNotices({
      send: teller(connection, DocumentEvent.scored),
      refreshHints: hints,
      refreshLenses: lenses,
    }),
    progressOf,
    onLiveError(error) {
      connection.window.showErrorMessage(notificationText(responseError(error).message));
    },
  });

  hear(connection, ConfigurationNotice, {
    changed(value) {
      configuration = parseConfiguration(value);
      cache = cacheOf(configuration, log);
      highlighter.configured();
      models.configure(configuration);
      hints();
      lenses();
    },
  });
  const tellRun = teller(connection, RunEvent.message);
  const runs = new OpenRuns({
    configuration: () => configuration,
    models,
    hashes,
    jobs,
    startAnalyser,
    tell: (id, message) => tellRun({ id, message }),
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

function cacheOf({ storagePath, settings }: Configuration, log: (message: string) => void): Cache {
  const folder = storagePath === null ? null : join(storagePath, CACHE_FOLDER);
  return createCache(folder, settings.cacheMB * BYTES_PER_MB, log);
}
