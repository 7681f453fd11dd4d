import { type CancellationToken, type Disposable, type Event, EventEmitter } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { EventType, NoticeType, RequestType } from "../../protocol/channel";
import { AdaptationEvent } from "../../protocol/adaptation";
import { ContinuationEvent } from "../../protocol/continuation";
import { DocumentEvent } from "../../protocol/documents";
import { GameEvent } from "../../protocol/game";
import { GpuBuildEvent } from "../../protocol/gpuBuilds";
import { JobEvent } from "../../protocol/jobs";
import { ModelFileEvent } from "../../protocol/modelFiles";
import { ModelEvent } from "../../protocol/models";
import { ProbeEvent } from "../../protocol/probes";
import { RunEvent } from "../../protocol/runs";
import { StudyEvent } from "../../protocol/studies";

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
  private readonly end = new EventEmitter<ServerEnd>();
  private readonly emitters: Disposable[] = [this.end];
  /** Each makes a client pass on one of the events. */
  private readonly sources: ((client: LanguageClient) => void)[] = [];

  readonly onProgress = this.heard(DocumentEvent.progress);
  readonly onScored = this.heard(DocumentEvent.scored);
  readonly onJobs = this.heard(JobEvent.changed);
  readonly onModelsChanged = this.heard(ModelEvent.changed);
  readonly onModelFilesChanged = this.heard(ModelFileEvent.changed);
  readonly onRunMessage = this.heard(RunEvent.message);
  readonly onStudyMessage = this.heard(StudyEvent.message);
  readonly onQuestionProgress = this.heard(GameEvent.progress);
  readonly onContinuation = this.heard(ContinuationEvent.drawn);
  readonly onContinuationProgress = this.heard(ContinuationEvent.progress);
  readonly onProbeProgress = this.heard(ProbeEvent.progress);
  readonly onAdaptationProgress = this.heard(AdaptationEvent.progress);
  readonly onGpuBuildProgress = this.heard(GpuBuildEvent.progress);
  /** The process is gone, and with it all it knew of documents. */
  readonly onEnd = this.end.event;

  constructor(private readonly startClient: StartClient) {}

  async request<Params, Result>(
    { method }: RequestType<Params, Result>,
    params: NoInfer<Params>,
    token?: CancellationToken,
  ): Promise<Result> {
    const client = await this.ready();
    // A token that is not there must not be passed at all: the client sends `undefined` on as a parameter.
    return token
      ? client.sendRequest<Result>(method, params, token)
      : client.sendRequest<Result>(method, params);
  }

  /** Sends a notice to a running server; one that starts later gets everything with its start. */
  async notify<Params>({ method }: NoticeType<Params>, params: NoInfer<Params>): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    await client?.sendNotification(method, params);
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
    for (const emitter of this.emitters) emitter.dispose();
  }

  /** The server's messages of one kind, whichever client is in use. */
  private heard<Params>({ method }: EventType<Params>): Event<Params> {
    const emitter = new EventEmitter<Params>();
    this.emitters.push(emitter);
    this.sources.push((client) =>
      client.onNotification(method, (params: Params) => emitter.fire(params)),
    );
    return emitter.event;
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
    for (const passOn of this.sources) passOn(client);
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
