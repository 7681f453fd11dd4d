import type { Scored } from "../../protocol/documents";
import type { TextRange } from "../../protocol/scores";
import { throttle, type Throttled } from "../jobs/throttle";

const INTERVAL_MS = 100;

/** Collects what changed in a document and reports it at most ten times per second. */
export interface ScoredNotices {
  changed(uri: string, version: number, range: TextRange, complete: boolean): void;
  /** Reports at once what is still waiting. */
  flush(uri: string): void;
  forget(uri: string): void;
}

export function createScoredNotices(send: (scored: Scored) => void): ScoredNotices {
  const waiting = new Map<string, Scored>();
  const throttles = new Map<string, Throttled>();

  const sendWaiting = (uri: string) => {
    const scored = waiting.get(uri);
    waiting.delete(uri);
    if (scored) send(scored);
  };

  return {
    changed(uri, version, range, complete) {
      const [earlier] = waiting.get(uri)?.ranges ?? [];
      waiting.set(uri, {
        uri,
        version,
        ranges: [earlier ? hull(earlier, range) : range],
        complete,
      });
      let notify = throttles.get(uri);
      if (!notify) throttles.set(uri, (notify = throttle(() => sendWaiting(uri), INTERVAL_MS)));
      notify();
    },
    flush: (uri) => throttles.get(uri)?.flush(),
    forget(uri) {
      waiting.delete(uri);
      throttles.delete(uri);
    },
  };
}

function hull(a: TextRange, b: TextRange): TextRange {
  return {
    start: Math.min(a.start, b.start),
    endExclusive: Math.max(a.endExclusive, b.endExclusive),
  };
}
