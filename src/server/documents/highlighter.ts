import { setTimeout as sleep } from "node:timers/promises";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { HighlightParams } from "../../protocol/documents";
import type { KnownDigest } from "../../jobs/models/adapterOrigin";
import { conditionsOf } from "../settings/configuration";
import type { Documents, EditStep } from "./documents";
import { HighlightedDocument } from "./highlighted";
import type { Jobs } from "../jobs/jobs";
import { scoredTokens, type Conditions } from "./layers";
import type { Queue } from "../jobs/queue";
import { failure } from "../connection/responses";
import { scopeOf } from "../scoring/scope";
import { scoreDocument, type ScoringParts } from "./scoreDocument";

export interface HighlighterParts extends ScoringParts {
  readonly documents: Documents;
  readonly queue: Queue;
  readonly jobs: Jobs;
  /** Called when a job that no request waits for has failed. */
  readonly onLiveError: (error: unknown) => void;
}

/** The highlighted documents, and when they are scored. */
export class Highlighter {
  private readonly highlighted = new Map<string, HighlightedDocument>();
  private inUse: Conditions;
  /** Requests that wait for their answer. */
  private readonly requests = new Map<string, HighlightParams>();
  /** Live mode's pauses after the last key. */
  private readonly pauses = new Map<string, NodeJS.Timeout>();

  constructor(private readonly parts: HighlighterParts) {
    this.inUse = conditionsOf(parts.configuration());
  }

  get(uri: string): HighlightedDocument | undefined {
    return this.highlighted.get(uri);
  }

  /** Scores a document and keeps what is found; resolves when that is done or was cancelled. */
  async highlight(params: HighlightParams, signal: AbortSignal): Promise<HighlightedDocument> {
    if (this.parts.models.roles().length === 0) throw failure("No pair of models is chosen.");
    const { uri } = params;
    const target = this.begin(await this.parts.documents.follow(uri), params);
    const isLatest = () => this.requests.get(uri) === params;
    try {
      await this.scoreUntilUnedited(target, () => !signal.aborted && isLatest(), signal);
    } catch (error) {
      // What was found before still holds. Where nothing was, the host forgets the document too.
      if (isLatest() && !hasScores(target)) this.clear(uri);
      throw error;
    } finally {
      if (isLatest()) {
        this.requests.delete(uri);
        target.isGivenUp = signal.aborted;
      }
    }
    return target;
  }

  clear(uri: string): void {
    this.stopWaiting(uri);
    this.parts.queue.cancel(uri);
    this.requests.delete(uri);
    this.highlighted.delete(uri);
    this.parts.documents.forget(uri);
    this.parts.notices.forget(uri);
  }

  /** The text has changed: what it touches is stale, and scored again after a pause in live mode. */
  edited(document: TextDocument, steps: readonly EditStep[]): void {
    const target = this.highlighted.get(document.uri);
    if (!target) return;
    this.parts.queue.cancel(document.uri);
    target.edit(document, steps);
    this.parts.notices.changed(document);
    this.scoreAfterPause(target);
  }

  /**
   * The configuration is another one. Under other models or settings jobs end, and what they have found is old; it is
   * scored again when somebody asks.
   */
  configured(): void {
    const before = this.inUse;
    this.inUse = conditionsOf(this.parts.configuration());
    for (const target of this.highlighted.values()) target.inUse = this.inUse;
    if (this.inUse.key === before.key) return;
    this.parts.queue.cancelAll();
    for (const { document } of this.highlighted.values()) {
      this.stopWaiting(document.uri);
      this.parts.notices.changed(document);
    }
  }

  /** More digests are known, and with them perhaps of which models adapters were made. */
  async recogniseAdapters(known: KnownDigest): Promise<void> {
    for (const target of this.highlighted.values()) {
      const isMore = await target.recogniseAdapters(known);
      if (isMore && this.isHighlighted(target)) this.parts.notices.ended(target.document);
    }
  }

  /** Stops a document's job, because the user does not want it now; null: those of all. */
  cancel(wanted: string | null): void {
    const { queue } = this.parts;
    for (const [uri, target] of this.highlighted) {
      if (!queue.isBusy(uri) || (wanted !== null && wanted !== uri)) continue;
      target.isGivenUp = true;
      queue.cancel(uri);
    }
  }

  /** Takes in a request; the document is highlighted from now on. */
  private begin(document: TextDocument, params: HighlightParams): HighlightedDocument {
    const { uri, visible } = params;
    const before = this.highlighted.get(uri);
    const scope = scopeOf(params, document.getText(), before?.scope);
    const target = before ?? new HighlightedDocument(document, scope, this.inUse);
    this.highlighted.set(uri, target);
    target.scope = scope;
    target.visible = visible;
    target.isGivenUp = false;
    this.stopWaiting(uri);
    this.requests.set(uri, params);
    return target;
  }

  /** An edit interrupts the job, and the next one takes over what it has found. */
  private async scoreUntilUnedited(
    target: HighlightedDocument,
    isWanted: () => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { configuration } = this.parts;
    for (let version = -1; isWanted() && version !== target.document.version;) {
      if (version !== -1) await sleep(configuration().settings.liveDelay);
      version = target.document.version;
      await this.enqueue(target, this.keepsScores(), signal);
    }
  }

  private keepsScores(): boolean {
    const { settings, storagePath } = this.parts.configuration();
    return settings.cacheMB > 0 && storagePath !== null;
  }

  private scoreAfterPause(target: HighlightedDocument): void {
    const { uri } = target.document;
    this.stopWaiting(uri);
    const { live, settings } = this.parts.configuration();
    if (!live || this.requests.has(uri)) return;
    if (target.isGivenUp || target.isOld(target.current)) return;
    const score = () => {
      this.pauses.delete(uri);
      this.enqueue(target, false).catch(this.parts.onLiveError);
    };
    this.pauses.set(uri, setTimeout(score, settings.liveDelay));
  }

  private stopWaiting(uri: string): void {
    clearTimeout(this.pauses.get(uri));
    this.pauses.delete(uri);
  }

  /** Runs a job when its turn comes; until it has ended, it stands in the list. */
  private async enqueue(
    target: HighlightedDocument,
    keep: boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const { queue, jobs } = this.parts;
    const { uri } = target.document;
    const listed = jobs.addDocument(uri);
    try {
      await queue.run(uri, (jobSignal) => this.run(target, keep, jobSignal), signal);
    } finally {
      listed.end();
    }
  }

  private async run(
    target: HighlightedDocument,
    keep: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    if (!this.isHighlighted(target)) return;
    try {
      await scoreDocument(target, keep, this.parts, signal);
    } finally {
      if (this.isHighlighted(target)) this.parts.notices.ended(target.document);
    }
  }

  private isHighlighted(target: HighlightedDocument): boolean {
    return this.highlighted.get(target.document.uri) === target;
  }
}

function hasScores({ layers }: HighlightedDocument): boolean {
  return layers.some((layer) => scoredTokens(layer) > 0);
}
