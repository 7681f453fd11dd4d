import { setTimeout as sleep } from "node:timers/promises";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { isCancelled } from "../../engine/errors";
import type { TextScores } from "../../protocol/textScores";
import type { Configuration } from "../../protocol/configuration";
import type { HighlightParams } from "../../protocol/documents";
import type { TextRange } from "../../protocol/scores";
import { conditionsOf } from "../settings/configuration";
import type { Documents, EditStep } from "./documents";
import { HighlightedDocument } from "./highlighted";
import type { Jobs } from "../jobs/jobs";
import type { JobProgress } from "../jobs/jobProgress";
import { scoredTokens } from "./layers";
import type { Models } from "../models/models";
import type { Queue } from "../jobs/queue";
import { failure } from "../connection/responses";
import { scopeOf } from "../scoring/scope";
import { runScoreJob } from "../scoring/scoreJob";
import type { ScoreStore } from "../scoring/scoreStore";
import type { ScoredNotices } from "./scoredNotices";

/** The highlighted documents, and the jobs that score them. */
export interface Highlighter {
  /** Scores a document and keeps what is found; resolves when that is done or was cancelled. */
  highlight(params: HighlightParams, signal: AbortSignal): Promise<HighlightedDocument>;
  get(uri: string): HighlightedDocument | undefined;
  clear(uri: string): void;
  /** The text has changed: what it touches is stale, and scored again after a pause in live mode. */
  edited(document: TextDocument, steps: readonly EditStep[]): void;
  /**
   * The configuration is another one. Under other models or settings jobs end, and what they have found is old; it is
   * scored again when somebody asks.
   */
  configured(): void;
  /** Stops a document's job, because the user does not want it now; null: those of all. */
  cancel(uri: string | null): void;
}

export interface HighlighterParts {
  readonly configuration: () => Configuration;
  readonly documents: Documents;
  readonly models: Models;
  readonly store: ScoreStore;
  readonly queue: Queue;
  readonly jobs: Jobs;
  readonly notices: ScoredNotices;
  readonly progressOf: (uri: string) => JobProgress;
  /** Has the editor ask for hints again. */
  readonly refreshHints: () => void;
  /** The same for lenses, which cost a pass over the whole text. */
  readonly refreshLenses: () => void;
  /** Called when a job that no request waits for has failed. */
  readonly onLiveError: (error: unknown) => void;
}

export function createHighlighter(parts: HighlighterParts): Highlighter {
  const { configuration, documents, models, store, queue, notices } = parts;
  const highlighted = new Map<string, HighlightedDocument>();
  let inUse = conditionsOf(configuration());
  /** Requests that wait for their answer. */
  const requests = new Map<string, HighlightParams>();
  /** Live mode's pauses after the last key. */
  const pauses = new Map<string, NodeJS.Timeout>();

  async function highlight(
    params: HighlightParams,
    signal: AbortSignal,
  ): Promise<HighlightedDocument> {
    if (models.roles().length === 0) throw failure("No pair of models is chosen.");
    const { uri } = params;
    const document = await documents.follow(uri);
    const before = highlighted.get(uri);
    const scope = scopeOf(params, document.getText(), before?.scope);
    const target = before ?? new HighlightedDocument(document, scope, inUse);
    highlighted.set(uri, target);
    target.scope = scope;
    target.visible = params.visible;
    target.isGivenUp = false;
    stopWaiting(uri);
    requests.set(uri, params);
    const isWanted = () => !signal.aborted && requests.get(uri) === params;
    try {
      // An edit interrupts the job, and the next one takes over what it has found.
      for (let version = -1; isWanted() && version !== target.document.version;) {
        if (version !== -1) await sleep(configuration().settings.liveDelay);
        version = target.document.version;
        await enqueue(target, keepsScores(), signal);
      }
    } catch (error) {
      // What was found before still holds. Where nothing was, the host forgets the document too.
      if (requests.get(uri) === params && !hasScores(target)) clear(uri);
      throw error;
    } finally {
      if (requests.get(uri) === params) {
        requests.delete(uri);
        target.isGivenUp = signal.aborted;
      }
    }
    return target;
  }

  function keepsScores(): boolean {
    const { settings, storagePath } = configuration();
    return settings.cacheMB > 0 && storagePath !== null;
  }

  /** Runs a job when its turn comes; until it has ended, it stands in the list. */
  async function enqueue(
    target: HighlightedDocument,
    keep: boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const { uri } = target.document;
    const listed = parts.jobs.addDocument(uri);
    try {
      await queue.run(uri, (jobSignal) => run(target, keep, jobSignal), signal);
    } finally {
      listed.end();
    }
  }

  /** One job: everything in the document's scope, for its text as it is when the job's turn comes. */
  async function run(
    target: HighlightedDocument,
    keep: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { uri } = target.document;
    if (highlighted.get(uri) !== target) return;
    const progress = parts.progressOf(uri);
    const text = target.document.getText();
    try {
      const complete = await runScoreJob(
        {
          ...target.scope,
          text,
          settings: configuration().settings,
          previous: target.beginLayer(),
          visible: () => target.visible,
          keep,
        },
        models,
        store,
        {
          loading: progress.loading,
          tokenizing: progress.tokenizing,
          scored(role, scores, fraction) {
            target.setRole(role, scores);
            progress.scoring(role, fraction);
            changed(target, scoredText(scores.scores), false);
          },
        },
        signal,
      );
      if (complete) target.completeLayer();
    } catch (error) {
      if (!isCancelled(error)) throw error;
    } finally {
      progress.end();
      if (highlighted.get(uri) === target) {
        changed(target, whole(target), true);
        notices.flush(uri);
        parts.refreshLenses();
      }
    }
  }

  function changed(target: HighlightedDocument, range: TextRange, complete: boolean): void {
    const { uri, version } = target.document;
    notices.changed(uri, version, range, complete);
    parts.refreshHints();
  }

  function stopWaiting(uri: string): void {
    clearTimeout(pauses.get(uri));
    pauses.delete(uri);
  }

  function scoreAfterPause(target: HighlightedDocument): void {
    const { uri } = target.document;
    stopWaiting(uri);
    const { live, settings } = configuration();
    if (!live || requests.has(uri)) return;
    if (target.isGivenUp || target.isOld(target.current)) return;
    const score = () => {
      pauses.delete(uri);
      enqueue(target, false).catch(parts.onLiveError);
    };
    pauses.set(uri, setTimeout(score, settings.liveDelay));
  }

  function clear(uri: string): void {
    stopWaiting(uri);
    queue.cancel(uri);
    requests.delete(uri);
    highlighted.delete(uri);
    documents.forget(uri);
    notices.forget(uri);
  }

  return {
    highlight,
    get: (uri) => highlighted.get(uri),
    clear,
    edited(document, steps) {
      const target = highlighted.get(document.uri);
      if (!target) return;
      queue.cancel(document.uri);
      target.edit(document, steps);
      changed(target, whole(target), false);
      scoreAfterPause(target);
    },
    configured() {
      const before = inUse;
      inUse = conditionsOf(configuration());
      for (const target of highlighted.values()) target.inUse = inUse;
      if (inUse.key === before.key) return;
      queue.cancelAll();
      for (const target of highlighted.values()) {
        stopWaiting(target.document.uri);
        changed(target, whole(target), false);
      }
    },
    cancel(wanted) {
      for (const [uri, target] of highlighted) {
        if (!queue.isBusy(uri) || (wanted !== null && wanted !== uri)) continue;
        target.isGivenUp = true;
        queue.cancel(uri);
      }
    },
  };
}

function hasScores({ layers }: HighlightedDocument): boolean {
  return layers.some((layer) => scoredTokens(layer) > 0);
}

function whole({ document }: HighlightedDocument): TextRange {
  return { start: 0, endExclusive: document.getText().length };
}

/** The text between the first and the last scored token. */
function scoredText({ columns, scoredRange: { start, endExclusive } }: TextScores): TextRange {
  if (start === endExclusive) return { start: 0, endExclusive: 0 };
  return { start: columns.start[start]!, endExclusive: columns.endExclusive[endExclusive - 1]! };
}
