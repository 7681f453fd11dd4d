import { type CancellationToken, type Disposable, EventEmitter } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { Method } from "../protocol/requests";
import type { Job } from "../protocol/jobs";
import {
  type AlternativeParams,
  type CancelParams,
  type Cells,
  type CellsParams,
  type ComparePairParams,
  type Configuration,
  type Divergence,
  type DivergenceParams,
  type DocumentParams,
  type DocumentReport,
  type DocumentSummary,
  type Estimate,
  type ExportParams,
  type HighlightParams,
  type ModelsState,
  Notice,
  type OffsetParams,
  type PairComparison,
  type ScoringProgress,
  type Replacement,
  type Scored,
  type SelectionParams,
  type SummaryParams,
  type TokenDetails,
  type VisibleParams,
} from "../protocol/requests";
import type { RunMethod } from "../protocol/runRequests";
import {
  type OpenRunParams,
  type RemoveRunParams,
  type RenameRunParams,
  RUN_MESSAGE,
  type RunMessage,
  type RunOptionsParams,
  type RunParams,
  type StartRunParams,
} from "../protocol/runRequests";

/** Parameters and result of every request. */
interface Requests {
  [Method.highlight]: [HighlightParams, DocumentSummary];
  [Method.clear]: [DocumentParams, null];
  [Method.cells]: [CellsParams, Cells];
  [Method.summary]: [SummaryParams, DocumentSummary];
  [Method.divergence]: [DivergenceParams, Divergence | null];
  [Method.details]: [OffsetParams, TokenDetails | null];
  [Method.alternative]: [AlternativeParams, Replacement | null];
  [Method.report]: [DocumentParams, DocumentReport];
  [Method.export]: [ExportParams, string];
  [Method.estimate]: [HighlightParams, Estimate];
  [Method.models]: [null, ModelsState];
  [Method.load]: [null, ModelsState];
  [Method.unload]: [null, ModelsState];
  [Method.comparePair]: [ComparePairParams, PairComparison];
  [RunMethod.start]: [StartRunParams, null];
  [RunMethod.open]: [OpenRunParams, null];
  [RunMethod.options]: [RunOptionsParams, null];
  [RunMethod.cancel]: [RunParams, null];
  [RunMethod.resume]: [RunParams, null];
  [RunMethod.score]: [RunParams, null];
  [RunMethod.show]: [RunParams, null];
  [RunMethod.close]: [RunParams, null];
  [RunMethod.rename]: [RenameRunParams, null];
  [RunMethod.remove]: [RemoveRunParams, null];
}

/** Parameters of every notification to the server. */
interface Notices {
  [Notice.configure]: Configuration;
  [Notice.visible]: VisibleParams;
  [Notice.selection]: SelectionParams;
  [Notice.cancel]: CancelParams;
}

/** How a language client is made; `onEnd` is called whenever it ends unexpectedly. */
export type StartClient = (onEnd: (end: ServerEnd) => void) => Promise<LanguageClient>;

/**
 * `requested`: the user wanted it; `restarting`: a crash, and a new process is on its way; `stopped`: crashed too often,
 * the user has to ask for another.
 */
export type ServerEnd = "requested" | "restarting" | "stopped";

/**
 * The language server as the host sees it: a process that starts with the first request. After too many crashes it
 * stays down until {@link Server.revive}.
 */
export class Server implements Disposable {
  private client: Promise<LanguageClient> | undefined;
  private isDown = false;
  private readonly progress = new EventEmitter<ScoringProgress>();
  private readonly jobs = new EventEmitter<readonly Job[]>();
  private readonly scored = new EventEmitter<Scored>();
  private readonly modelsChanged = new EventEmitter<ModelsState>();
  private readonly runMessage = new EventEmitter<RunMessage>();
  private readonly end = new EventEmitter<ServerEnd>();

  readonly onProgress = this.progress.event;
  readonly onJobs = this.jobs.event;
  readonly onScored = this.scored.event;
  readonly onModelsChanged = this.modelsChanged.event;
  readonly onRunMessage = this.runMessage.event;
  /** The process is gone, and with it all it knew of documents. */
  readonly onEnd = this.end.event;

  constructor(private readonly startClient: StartClient) {}

  async request<M extends keyof Requests>(
    method: M,
    params: Requests[M][0],
    token?: CancellationToken,
  ): Promise<Requests[M][1]> {
    const client = await this.ready();
    // A token that is not there must not be passed at all: the client sends `undefined` on as a parameter.
    return token
      ? client.sendRequest<Requests[M][1]>(method, params, token)
      : client.sendRequest<Requests[M][1]>(method, params);
  }

  /** Sends a notification to a running server; one that starts later gets everything with its start. */
  async notify<N extends keyof Notices>(notice: N, params: Notices[N]): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    await client?.sendNotification(notice, params);
  }

  /** Ends the process, if there is one, and starts another. */
  async restart(): Promise<void> {
    await this.stop();
    this.end.fire("requested");
    this.revive();
    await this.ready();
  }

  /** The user asks again after it crashed too often: the next request may start it. */
  revive(): void {
    this.isDown = false;
  }

  async stop(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    await client?.dispose();
  }

  dispose(): void {
    const { progress, jobs, scored, modelsChanged, runMessage, end } = this;
    for (const emitter of [progress, jobs, scored, modelsChanged, runMessage, end]) {
      emitter.dispose();
    }
  }

  private async ready(): Promise<LanguageClient> {
    if (this.isDown) throw new ServerDown();
    this.client ??= this.connect();
    try {
      const client = await this.client;
      await client.start();
      return client;
    } catch (error) {
      // A client whose start has failed refuses to start again.
      this.client = undefined;
      throw error;
    }
  }

  private async connect(): Promise<LanguageClient> {
    const client = await this.startClient((end) => {
      if (end === "stopped") {
        this.isDown = true;
        this.client = undefined;
      }
      this.end.fire(end);
    });
    client.onNotification(Notice.progress, (progress: ScoringProgress) =>
      this.progress.fire(progress),
    );
    client.onNotification(Notice.jobs, (jobs: readonly Job[]) => this.jobs.fire(jobs));
    client.onNotification(Notice.scored, (scored: Scored) => this.scored.fire(scored));
    client.onNotification(Notice.modelsChanged, (state: ModelsState) =>
      this.modelsChanged.fire(state),
    );
    client.onNotification(RUN_MESSAGE, (message: RunMessage) => this.runMessage.fire(message));
    return client;
  }
}

/** The server crashed too often; the user has seen a message. */
export class ServerDown extends Error {
  override readonly name = "ServerDown";

  constructor() {
    super("The language server has stopped.");
  }
}
