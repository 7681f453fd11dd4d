import {
  type CancellationToken,
  CancellationTokenSource,
  type Disposable,
  EventEmitter,
  type TextDocument,
  workspace,
} from "vscode";
import {
  DocumentNotice,
  DocumentRequest,
  type HighlightParams,
  type ScoringProgress,
} from "../../protocol/documents";
import type { DocumentSummary } from "../../protocol/summary";
import type { Server } from "../connection/server";

/** A document that was asked to be highlighted; its values stay in the server. */
export interface Highlight {
  readonly request: HighlightParams;
  /** null until the first job has ended. */
  readonly summary: DocumentSummary | null;
  /** null: nothing is being scored. */
  readonly progress: ScoringProgress | null;
  /** `due`: to be scored again when it is looked at; `givenUp`: its scoring was cancelled, only the user begins another. */
  readonly standing: "settled" | "due" | "givenUp";
}

/** Every highlighted document, by its URI, and the jobs that score them. */
export class Highlights implements Disposable {
  private readonly highlights = new Map<string, Highlight>();
  private readonly jobs = new Map<string, CancellationTokenSource>();
  private readonly change = new EventEmitter<string>();
  private readonly subscriptions: readonly Disposable[];

  /** The document with this URI was highlighted, scored, moved on or cleared. */
  readonly onDidChange = this.change.event;

  constructor(private readonly server: Server) {
    this.subscriptions = [
      this.change,
      server.onProgress((progress) => this.move(progress)),
      server.onScored(({ uri, complete }) => {
        if (complete) void this.refresh(uri);
      }),
      server.onEnd(() => this.forgetAll()),
      workspace.onDidCloseTextDocument((document) => this.clearIfClosed(document)),
    ];
  }

  get(uri: string): Highlight | undefined {
    return this.highlights.get(uri);
  }

  get isBusy(): boolean {
    return [...this.highlights.values()].some(({ progress }) => progress !== null);
  }

  /** Scores a document or a part of it; resolves when done or cancelled. What a cancelled job has scored stays. */
  async score(request: HighlightParams, token?: CancellationToken): Promise<void> {
    const { uri } = request;
    const job = this.begin(uri);
    const subscription = token?.onCancellationRequested(() => job.cancel());
    const before = this.get(uri)?.summary ?? null;
    this.set(uri, { request, summary: before, progress: starting(uri), standing: "settled" });
    try {
      const summary = await this.server.request(DocumentRequest.highlight, request, job.token);
      if (this.jobs.get(uri) !== job) return;
      await this.keep(request, summary);
    } catch (error) {
      if (this.jobs.get(uri) === job) await this.keepWhatIsThere(request);
      throw error;
    } finally {
      if (this.jobs.get(uri) === job) {
        this.jobs.delete(uri);
        if (job.token.isCancellationRequested) this.giveUp(uri);
      }
      subscription?.dispose();
      job.dispose();
    }
  }

  /** Ends a document's job, that of live mode as well, which is the server's own. */
  cancel(uri: string): void {
    this.giveUp(uri);
    this.jobs.get(uri)?.cancel();
    void this.server.notify(DocumentNotice.cancel, { uri });
  }

  cancelAll(): void {
    for (const [uri, { progress }] of [...this.highlights]) if (progress) this.giveUp(uri);
    for (const job of this.jobs.values()) job.cancel();
    void this.server.notify(DocumentNotice.cancel, { uri: null });
  }

  async clear(uri: string): Promise<void> {
    if (!this.highlights.has(uri)) return;
    this.jobs.get(uri)?.cancel();
    this.jobs.delete(uri);
    this.remove(uri);
    await this.server.request(DocumentRequest.clear, { uri });
  }

  /**
   * Other models or settings are in use, those of the pair with this name: all numbers are old from now on, and due
   * unless their scoring was cancelled.
   */
  outdate(inUse: string): void {
    for (const [uri, highlight] of [...this.highlights]) {
      const { summary } = highlight;
      this.set(uri, {
        ...highlight,
        summary: summary && {
          ...summary,
          measured: { ...summary.measured, replacedBy: inUse },
        },
        standing: highlight.standing === "givenUp" ? "givenUp" : "due",
      });
      // The models that are in use again may be those that have scored it.
      if (highlight.standing === "givenUp") void this.refresh(uri);
    }
  }

  /** The document is not due any more. */
  settle(uri: string): void {
    this.stand(uri, "settled");
  }

  /** The user does not want the document scored now. */
  giveUp(uri: string): void {
    this.stand(uri, "givenUp");
  }

  dispose(): void {
    this.cancelAll();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** A new job of a document replaces the one before. */
  private begin(uri: string): CancellationTokenSource {
    this.jobs.get(uri)?.cancel();
    const job = new CancellationTokenSource();
    this.jobs.set(uri, job);
    return job;
  }

  private stand(uri: string, standing: Highlight["standing"]): void {
    const highlight = this.get(uri);
    if (highlight) this.set(uri, { ...highlight, standing });
  }

  private set(uri: string, highlight: Highlight): void {
    this.highlights.set(uri, highlight);
    this.change.fire(uri);
  }

  private remove(uri: string): void {
    if (this.highlights.delete(uri)) this.change.fire(uri);
  }

  private forgetAll(): void {
    this.jobs.clear();
    for (const uri of [...this.highlights.keys()]) this.remove(uri);
  }

  private move(progress: ScoringProgress): void {
    const highlight = this.get(progress.uri);
    if (highlight === undefined) return;
    this.set(progress.uri, {
      ...highlight,
      progress: progress.phase === "idle" && !this.jobs.has(progress.uri) ? null : progress,
    });
  }

  /** Live mode scores without a request: its numbers are fetched when it is done. */
  private async refresh(uri: string): Promise<void> {
    if (this.jobs.has(uri) || !this.highlights.has(uri)) return;
    const summary = await this.server
      .request(DocumentRequest.summary, { uri, range: null })
      .catch(() => null);
    const highlight = this.get(uri);
    if (highlight && !this.jobs.has(uri)) this.set(uri, { ...highlight, summary, progress: null });
  }

  /** After a failure, what the server had found before still holds. */
  private async keepWhatIsThere(request: HighlightParams): Promise<void> {
    const params = { uri: request.uri, range: null };
    const summary = await this.server.request(DocumentRequest.summary, params).catch(() => null);
    await this.keep(request, summary).catch(() => undefined);
  }

  private async keep(request: HighlightParams, summary: DocumentSummary | null): Promise<void> {
    const { uri } = request;
    const standing = this.get(uri)?.standing ?? "settled";
    const isKept = standing === "due" || (summary !== null && hasNumbers(summary));
    if (isKept) this.set(uri, { request, summary, progress: null, standing });
    else await this.clear(uri);
  }

  /** A change of its language closes a document and opens it at once; only one that stays closed is forgotten. */
  private clearIfClosed({ uri }: TextDocument): void {
    setTimeout(() => {
      const isOpen = workspace.textDocuments.some(
        (other) => other.uri.toString() === uri.toString(),
      );
      if (!isOpen) void this.clear(uri.toString()).catch(() => undefined);
    });
  }
}

function hasNumbers({ base, rlhf }: DocumentSummary): boolean {
  return (base?.scoredTokens ?? 0) + (rlhf?.scoredTokens ?? 0) > 0;
}

function starting(uri: string): ScoringProgress {
  return { uri, phase: "loading", role: null, fraction: 0, secondsLeft: null };
}
