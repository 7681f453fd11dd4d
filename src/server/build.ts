import { join } from "node:path";
import type { Connection } from "vscode-languageserver/node";
import { version } from "../../package.json";
import { BYTES_PER_MB } from "../analysis/presentation/format";
import { notificationText } from "../analysis/presentation/notificationText";
import type { Engine } from "../engine/engine";
import type { Engines } from "../engine/local/engines";
import type { ModelDigests } from "../engine/modelFiles";
import type { Machine } from "../jobs/models/elsewhereFolders";
import type { KnownDigest } from "../jobs/models/adapterOrigin";
import { registryOf } from "../jobs/models/gpu/builds";
import type { Downloader } from "../jobs/models/transfer/transfer";
import type { SampleFiles } from "../jobs/runs/sampleFiles";
import type { RunAnalyser } from "../jobs/runs/workerClient";
import { AdaptationEvent } from "../protocol/adaptation";
import { type Configuration, ConfigurationNotice } from "../protocol/configuration";
import { ContinuationEvent } from "../protocol/continuation";
import { DocumentEvent, type ScoringProgress } from "../protocol/documents";
import { GameEvent } from "../protocol/game";
import { GpuBuildEvent } from "../protocol/gpuBuilds";
import { JobEvent } from "../protocol/jobs";
import { ModelFileEvent } from "../protocol/modelFiles";
import { ModelEvent, type ModelsState } from "../protocol/models";
import type { ToAnchors } from "../protocol/panels";
import { ProbeEvent } from "../protocol/probes";
import { RunEvent } from "../protocol/runs";
import { StudyEvent } from "../protocol/studies";
import { Adaptations } from "./adaptation/adaptations";
import { Continuations } from "./continuation/continuations";
import { createCache, type Cache } from "./scoring/cache";
import { hear, teller } from "./connection/channel";
import { parseConfiguration } from "./settings/configuration";
import { Documents } from "./documents/documents";
import { Highlighter } from "./documents/highlighter";
import { Game } from "./game/game";
import { GpuBuilds } from "./gpu/gpuBuilds";
import { createJobProgress, type JobProgress } from "./jobs/jobProgress";
import { Jobs } from "./jobs/jobs";
import { Expectations } from "./probes/expectations";
import { Probes } from "./probes/probes";
import { ModelFiles } from "./modelFiles/modelFiles";
import { createModelDigests } from "./models/modelDigests";
import { Models } from "./models/models";
import { createQueue } from "./jobs/queue";
import { refreshHints, refreshLenses } from "./connection/refresh";
import { responseError } from "./connection/responses";
import { OpenRuns } from "./runs/openRuns";
import { OpenStudies } from "./studies/openStudies";
import { type ScoredListener, ScoredNotices } from "./documents/scoredNotices";
import { createScoreStore, type ScoreStore } from "./scoring/scoreStore";
import { throttle } from "./jobs/throttle";

/** Starts an engine process. `onCrash`: it has ended without being asked to. */
export type StartEngine = (onCrash: () => void) => Engine;

/** What fetches models, and what it is told of this machine. */
export interface FetchMeans {
  readonly downloader: Downloader;
  /** The catalogue that comes with Twinlens. */
  readonly catalog: string;
  readonly machine: Machine;
}

/** Editors ask for all lenses and hints again after each refresh. */
const REFRESH_INTERVAL_MS = 500;

const CACHE_FOLDER = "scores";
const GPU_FOLDER = "gpu";
const PROBE_FOLDER = "probes";

/** The server's parts. */
export interface Parts {
  readonly connection: Connection;
  readonly startEngine: StartEngine;
  readonly configuration: () => Configuration;
  readonly documents: Documents;
  readonly models: Models;
  readonly modelFiles: ModelFiles;
  readonly digests: ModelDigests;
  readonly store: ScoreStore;
  readonly highlighter: Highlighter;
  readonly jobs: Jobs;
  readonly progressOf: (uri: string) => JobProgress;
  readonly runs: OpenRuns;
  readonly studies: OpenStudies;
  readonly game: Game;
  readonly continuations: Continuations;
  readonly probes: Probes;
  readonly expectations: Expectations;
  readonly adaptations: Adaptations;
  readonly gpuBuilds: GpuBuilds;
  readonly sampleFiles: SampleFiles;
}

/**
 * Makes the parts and connects them.
 * @param startEngineIn begins an engine that finds GPU builds in a folder; null: none
 */
export function build(
  connection: Connection,
  startEngineIn: (gpuFolder: string | null, onCrash: () => void) => Engine,
  startEnginesIn: (gpuFolder: string | null) => Engines,
  startAnalyser: () => RunAnalyser,
  sampleFiles: SampleFiles,
  fetchMeans: FetchMeans,
  initial: Configuration,
): Parts {
  const log = (message: string) => connection.console.warn(message);
  const current = new CurrentConfiguration(initial, log);
  const configuration = () => current.value;
  const gpuFolder = () => inStorage(configuration(), GPU_FOLDER);
  const startEngine: StartEngine = (onCrash) => startEngineIn(gpuFolder(), onCrash);
  const digests = createModelDigests(
    () => current.cache,
    () => {
      void models.recogniseAdapters();
      void highlighter.recogniseAdapters(knownDigest);
    },
  );
  const knownDigest: KnownDigest = (model) => digests.known(model);
  const store = createScoreStore(() => current.cache, digests, log);
  const jobs = new Jobs(teller(connection, JobEvent.changed));
  const tellFiles = teller(connection, ModelFileEvent.changed);
  const modelFiles = new ModelFiles({ configuration, jobs, ...fetchMeans, tell: tellFiles });
  const tellModels = modelsTeller(connection, modelFiles, log);
  const models = new Models(startEngine, initial, knownDigest, tellModels);
  const progressOf = progressTeller(connection, jobs);
  const refresh = refresher(connection);
  const documents = new Documents(connection, {
    edited: (document, steps) => highlighter.edited(document, steps),
    closed: (uri) => highlighter.clear(uri),
  });
  const highlighter: Highlighter = new Highlighter({
    configuration,
    documents,
    models,
    store,
    queue: createQueue(),
    jobs,
    notices: new ScoredNotices({ send: teller(connection, DocumentEvent.scored), ...refresh }),
    progressOf,
    onLiveError(error) {
      connection.window.showErrorMessage(notificationText(responseError(error).message));
    },
  });
  const tellRun = teller(connection, RunEvent.message);
  const tell = (id: string, message: ToAnchors) => tellRun({ id, message });
  const runs = new OpenRuns({ configuration, models, digests, jobs, startAnalyser, tell });
  const tellStudy = teller(connection, StudyEvent.message);
  const studies = new OpenStudies({
    version,
    configuration,
    digests,
    jobs,
    startEngines: () => startEnginesIn(gpuFolder()),
    startAnalyser,
    tell: (file, message) => tellStudy({ file, message }),
    log,
  });
  const game = new Game({
    configuration,
    models,
    jobs,
    tell: teller(connection, GameEvent.progress),
  });
  const continuations = new Continuations({
    configuration,
    models,
    jobs,
    tell: teller(connection, ContinuationEvent.drawn),
    tellProgress: teller(connection, ContinuationEvent.progress),
  });
  const probeFolder = () => inStorage(configuration(), PROBE_FOLDER);
  const probes = new Probes({
    folder: probeFolder,
    models,
    digests,
    jobs,
    tell: teller(connection, ProbeEvent.progress),
    log,
  });
  const expectations = new Expectations({ folder: probeFolder, models, digests, log });
  const adaptations = new Adaptations({
    configuration,
    models,
    digests,
    jobs,
    tell: teller(connection, AdaptationEvent.progress),
    log,
  });
  const gpuBuilds = new GpuBuilds({
    places() {
      const folder = gpuFolder();
      return folder === null ? null : { folder, registry: registryOf(process.env) };
    },
    async endEngine() {
      await adaptations.close();
      models.end();
    },
    startEngine: () => startEngine(() => undefined),
    downloader: fetchMeans.downloader,
    tell: teller(connection, GpuBuildEvent.progress),
  });

  hear(connection, ConfigurationNotice, {
    changed(value) {
      current.set(parseConfiguration(value));
      highlighter.configured();
      models.configure(current.value);
      refresh.refreshHints();
      refresh.refreshLenses();
    },
  });
  connection.onShutdown(async () => {
    highlighter.cancel(null);
    probes.cancel();
    await Promise.all([
      runs.closeAll(),
      studies.closeAll(),
      adaptations.close(),
      fetchMeans.downloader.close(),
    ]);
    models.end();
  });
  return {
    connection,
    startEngine,
    configuration,
    documents,
    models,
    modelFiles,
    digests,
    store,
    highlighter,
    jobs,
    progressOf,
    runs,
    studies,
    game,
    continuations,
    probes,
    expectations,
    adaptations,
    gpuBuilds,
    sampleFiles,
  };
}

/** Changes of models go to the client; those that were loaded count as used. */
function modelsTeller(
  connection: Connection,
  modelFiles: ModelFiles,
  log: (message: string) => void,
): (state: ModelsState) => void {
  const tell = teller(connection, ModelEvent.changed);
  let loaded: readonly string[] = [];
  return (state) => {
    tell(state);
    const before = loaded;
    loaded = state.models.filter((model) => model.state === "loaded").map(({ path }) => path);
    const added = loaded.filter((path) => !before.includes(path));
    if (added.length > 0) modelFiles.noteUse(added).catch((error: unknown) => log(String(error)));
  };
}

/** What the client has configured last, and the cache that this asks for. */
class CurrentConfiguration {
  cache: Cache;

  constructor(
    public value: Configuration,
    private readonly log: (message: string) => void,
  ) {
    this.cache = cacheOf(value, log);
  }

  set(value: Configuration): void {
    this.value = value;
    this.cache = cacheOf(value, this.log);
  }
}

function cacheOf(configuration: Configuration, log: (message: string) => void): Cache {
  const { cacheMB } = configuration.settings;
  return createCache(inStorage(configuration, CACHE_FOLDER), cacheMB * BYTES_PER_MB, log);
}

/** A folder for what is kept; null: nothing is. */
function inStorage({ storagePath }: Configuration, folder: string): string | null {
  return storagePath === null ? null : join(storagePath, folder);
}

/** A document's progress goes to the client and into the list of jobs. */
function progressTeller(connection: Connection, jobs: Jobs): (uri: string) => JobProgress {
  const tell = teller(connection, DocumentEvent.progress);
  const send = (progress: ScoringProgress) => {
    tell(progress);
    jobs.follow(progress);
  };
  return (uri) => createJobProgress(uri, send, () => performance.now());
}

function refresher(connection: Connection): Omit<ScoredListener, "send"> {
  return {
    refreshHints: throttle(() => refreshHints(connection), REFRESH_INTERVAL_MS),
    refreshLenses: throttle(() => refreshLenses(connection), REFRESH_INTERVAL_MS),
  };
}
