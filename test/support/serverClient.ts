import { type ChildProcess, fork } from "node:child_process";
import { resolve } from "node:path";
import {
  type CancellationToken,
  CodeLensRefreshRequest,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  InitializeRequest,
  InlayHintRefreshRequest,
  IPCMessageReader,
  IPCMessageWriter,
  type ProtocolConnection,
  RegistrationRequest,
  ShowMessageNotification,
  ShutdownRequest,
  Trace,
  UnregistrationRequest,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { unpackFloats, unpackOffsets } from "../../src/protocol/cells";
import type { EventType, NoticeType, RequestType } from "../../src/protocol/channel";
import { ContinuationEvent, type Drawn } from "../../src/protocol/continuation";
import type { Configuration } from "../../src/protocol/configuration";
import {
  DocumentEvent,
  DocumentRequest,
  type HighlightParams,
  type Scored,
  type ScoringProgress,
} from "../../src/protocol/documents";
import { type Job, JobEvent } from "../../src/protocol/jobs";
import { ModelFileEvent, type ModelFiles } from "../../src/protocol/modelFiles";
import { type ChosenModel, withoutAdapter } from "../../src/protocol/modelIdentity";
import { ModelEvent, type ModelsState } from "../../src/protocol/models";
import { RunEvent, type RunMessage } from "../../src/protocol/runs";
import type { TextRange } from "../../src/protocol/scores";
import { StudyEvent, type StudyMessage } from "../../src/protocol/studies";
import { settingsSchema, type Settings, type View } from "../../src/protocol/settings";
import { runningProcesses } from "./processes";

/** What the server has sent so far, in order. */
export interface Said {
  readonly progress: ScoringProgress[];
  readonly jobs: (readonly Job[])[];
  readonly scored: Scored[];
  readonly models: ModelsState[];
  readonly modelFiles: ModelFiles[];
  /** Messages for the user. */
  readonly messages: string[];
  readonly continuations: Drawn[];
  /** Messages for the panels of runs. */
  readonly runs: RunMessage[];
  /** Messages for the panels of studies. */
  readonly studies: StudyMessage[];
}

/** A configuration as the host sends it; on the processor, so that every machine gives the same digits. */
export function configurationOf(
  pair: { readonly base?: string | ChosenModel; readonly rlhf?: string | ChosenModel },
  settings: Partial<Settings> = {},
  storagePath: string | null = null,
): Configuration {
  return {
    settings: settingsSchema.parse({ gpu: "off", ...settings }),
    live: false,
    pair: { name: "test", base: chosen(pair.base), rlhf: chosen(pair.rlhf) },
    storagePath,
  };
}

function chosen(model: string | ChosenModel | undefined): ChosenModel | null {
  return typeof model === "string" ? withoutAdapter(model) : (model ?? null);
}

/** A request to highlight all of a document. */
export function wholeOf(uri: string): HighlightParams {
  return { uri, range: null, visible: null, visibleOnly: false, asReply: false, prompt: null };
}

/** A value that the host paints. */
export interface Cell {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

/**
 * The real `dist/server.mjs` over IPC, with an editor at the other end that knows open documents and sends what the
 * server registers for, as the language client does.
 */
export class ServerClient {
  readonly said: Said = {
    progress: [],
    jobs: [],
    scored: [],
    models: [],
    modelFiles: [],
    messages: [],
    continuations: [],
    runs: [],
    studies: [],
  };
  readonly exited: Promise<number | null>;
  private readonly connection: ProtocolConnection;
  private readonly documents = new Map<string, TextDocument>();
  /** Registered for text: by id, the selector's pattern. */
  private readonly patterns = new Map<string, string>();
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((done) => child.on("exit", done));
    this.connection = createProtocolConnection(
      new IPCMessageReader(child),
      new IPCMessageWriter(child),
    );
    this.listen();
  }

  /** @param execPath what stands for Node, as where the server is to find other surroundings */
  static async start(
    configuration: Configuration,
    execPath = process.execPath,
  ): Promise<ServerClient> {
    const options = { silent: true, execPath, execArgv: [] };
    const child = fork(resolve("dist/server.mjs"), ["--node-ipc"], options);
    child.stderr?.pipe(process.stderr);
    const client = new ServerClient(child);
    await client.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions: configuration,
    });
    return client;
  }

  get pid(): number {
    return this.child.pid!;
  }

  request<Params, Result>(
    { method }: RequestType<Params, Result>,
    params: NoInfer<Params>,
    token?: CancellationToken,
  ): Promise<Result> {
    return token
      ? this.connection.sendRequest<Result>(method, params, token)
      : this.connection.sendRequest<Result>(method, params);
  }

  /** Has every message, in full, told to `log` from now on, as *Set Log Level* and `trace.server` have it in the editor. */
  trace(log: (text: string) => void): Promise<void> {
    return this.connection.trace(Trace.Verbose, {
      log: (message: unknown, data?: string) => log(`${String(message)}\n${data ?? ""}`),
    });
  }

  /** One of LSP's own requests, as the editor makes it. */
  ask<Result>(method: string, params: unknown): Promise<Result> {
    return this.connection.sendRequest<Result>(method, params);
  }

  /** What the host would paint; without a range, in the whole document. */
  async cells(
    uri: string,
    view: View,
    range?: [start: number, endExclusive: number],
  ): Promise<{ readonly cells: Cell[]; readonly stale: readonly TextRange[] }> {
    const [start, endExclusive] = range ?? [0, this.textOf(uri).length];
    const params = { uri, view, range: { start, endExclusive } };
    const packed = await this.request(DocumentRequest.cells, params);
    const starts = unpackOffsets(packed.starts);
    const ends = unpackOffsets(packed.ends);
    const values = unpackFloats(packed.values);
    const cells = Array.from(values, (value, i) => ({ start: starts[i]!, end: ends[i]!, value }));
    return { cells, stale: packed.stale };
  }

  notify<Params>({ method }: NoticeType<Params>, params: NoInfer<Params>): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  open(uri: string, text: string, languageId = "plaintext"): void {
    this.documents.set(uri, TextDocument.create(uri, languageId, 1, text));
    if (this.isSynchronised(uri)) this.sendOpen(uri);
  }

  textOf(uri: string): string {
    return this.documents.get(uri)!.getText();
  }

  /** Replaces `[start, endExclusive)` of an open document. */
  async edit(uri: string, start: number, endExclusive: number, text: string): Promise<void> {
    const document = this.documents.get(uri)!;
    const range = { start: document.positionAt(start), end: document.positionAt(endExclusive) };
    const version = document.version + 1;
    TextDocument.update(document, [{ range, text }], version);
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
  }

  async close(uri: string): Promise<void> {
    this.documents.delete(uri);
    const textDocument = { uri };
    await this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument });
  }

  /** Whether the server has asked for this document's text. */
  isSynchronised(uri: string): boolean {
    const path = decodeURIComponent(uri.replace(/^[^:]+:(\/\/)?/, ""));
    return [...this.patterns.values()].includes(path);
  }

  /** Resolves as soon as `condition` holds; looked at again after everything the server says. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((done) => {
      const look = () => {
        if (!condition()) return;
        this.waiting.delete(look);
        done();
      };
      this.waiting.add(look);
      look();
    });
  }

  /** Ids of the server's engine processes (Linux). */
  enginePids(): number[] {
    return runningProcesses()
      .filter(({ parent }) => parent === this.pid)
      .map(({ id }) => id);
  }

  /** Breaks the channel, as a client does that crashes. */
  disconnect(): void {
    this.connection.dispose();
    this.child.disconnect();
  }

  /** Asks the server to bring its work to an end, as an editor does before it closes. */
  async shutDown(): Promise<void> {
    await this.connection.sendRequest(ShutdownRequest.type);
  }

  async stop(): Promise<void> {
    if (this.child.connected) this.disconnect();
    await this.exited;
  }

  private listen(): void {
    const { connection, said } = this;
    const keep = <T>(list: T[], value: T) => {
      list.push(value);
      for (const look of [...this.waiting]) look();
    };
    const keepAll = <T>({ method }: EventType<T>, list: T[]) =>
      connection.onNotification(method, (value: T) => keep(list, value));
    keepAll(DocumentEvent.progress, said.progress);
    keepAll(JobEvent.changed, said.jobs);
    keepAll(DocumentEvent.scored, said.scored);
    keepAll(ModelEvent.changed, said.models);
    keepAll(ModelFileEvent.changed, said.modelFiles);
    keepAll(ContinuationEvent.drawn, said.continuations);
    keepAll(RunEvent.message, said.runs);
    keepAll(StudyEvent.message, said.studies);
    connection.onNotification(ShowMessageNotification.type, ({ message }) =>
      keep(said.messages, message),
    );
    connection.onRequest(CodeLensRefreshRequest.method, () => null);
    connection.onRequest(InlayHintRefreshRequest.method, () => null);
    connection.onRequest(RegistrationRequest.type, ({ registrations }) => {
      for (const { id, method, registerOptions } of registrations) {
        if (method !== DidOpenTextDocumentNotification.method) continue;
        this.patterns.set(id, patternOf(registerOptions));
        for (const uri of this.documents.keys()) if (this.isSynchronised(uri)) this.sendOpen(uri);
      }
    });
    connection.onRequest(UnregistrationRequest.type, ({ unregisterations }) => {
      for (const { id } of unregisterations) this.patterns.delete(id);
    });
    connection.listen();
  }

  private sendOpen(uri: string): void {
    const { languageId, version } = this.documents.get(uri)!;
    void this.connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId, version, text: this.textOf(uri) },
    });
  }
}

function patternOf(options: unknown): string {
  const { documentSelector } = options as { documentSelector: { pattern: string }[] };
  return documentSelector[0]!.pattern;
}
