import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Scored } from "../../protocol/documents";
import type { TextRange } from "../../protocol/scores";
import { throttle, type Throttled } from "../jobs/throttle";

const INTERVAL_MS = 100;

/** How the editor learns of what has changed. */
export interface ScoredListener {
  /** Told at most ten times per second of each document. */
  readonly send: (scored: Scored) => void;
  /** Has the editor ask for hints again. */
  readonly refreshHints: () => void;
  /** The same for lenses, which cost a pass over the whole text. */
  readonly refreshLenses: () => void;
}

/** Collects what changes in highlighted documents, and tells the editor. */
export class ScoredNotices {
  private readonly waiting = new Map<string, Scored>();
  private readonly throttles = new Map<string, Throttled>();

  constructor(private readonly listener: ScoredListener) {}

  /** A range of the document has other scores, or none any more. */
  changed(document: TextDocument, range = whole(document)): void {
    this.collect(document, range, false);
  }

  /** The document's job has ended: what waits is told at once. */
  ended(document: TextDocument): void {
    this.collect(document, whole(document), true);
    this.throttles.get(document.uri)?.flush();
    this.listener.refreshLenses();
  }

  forget(uri: string): void {
    this.waiting.delete(uri);
    this.throttles.delete(uri);
  }

  private collect({ uri, version }: TextDocument, range: TextRange, complete: boolean): void {
    const [earlier] = this.waiting.get(uri)?.ranges ?? [];
    const ranges = [earlier ? hull(earlier, range) : range];
    this.waiting.set(uri, { uri, version, ranges, complete });
    this.throttleOf(uri)();
    this.listener.refreshHints();
  }

  private throttleOf(uri: string): Throttled {
    const known = this.throttles.get(uri);
    if (known) return known;
    const added = throttle(() => this.sendWaiting(uri), INTERVAL_MS);
    this.throttles.set(uri, added);
    return added;
  }

  private sendWaiting(uri: string): void {
    const scored = this.waiting.get(uri);
    this.waiting.delete(uri);
    if (scored) this.listener.send(scored);
  }
}

function whole(document: TextDocument): TextRange {
  return { start: 0, endExclusive: document.getText().length };
}

function hull(a: TextRange, b: TextRange): TextRange {
  return {
    start: Math.min(a.start, b.start),
    endExclusive: Math.max(a.endExclusive, b.endExclusive),
  };
}
