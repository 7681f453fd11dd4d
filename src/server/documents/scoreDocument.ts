import { isCancelled } from "../../engine/errors";
import type { Configuration } from "../../protocol/configuration";
import type { TextScores } from "../../protocol/textScores";
import type { TextRange } from "../../protocol/scores";
import type { JobProgress } from "../jobs/jobProgress";
import type { Models } from "../models/models";
import { runScoreJob, type JobListener, type ScoreJob } from "../scoring/scoreJob";
import type { ScoreStore } from "../scoring/scoreStore";
import type { HighlightedDocument } from "./highlighted";
import type { ScoredNotices } from "./scoredNotices";

/** What a document's job needs from outside. */
export interface ScoringParts {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly store: ScoreStore;
  readonly notices: ScoredNotices;
  readonly progressOf: (uri: string) => JobProgress;
}

/**
 * One job: scores everything in the document's scope, for its text as it is now, and keeps in the document what is
 * found. Cancelled, it ends with what it has.
 * @param keep whether results go to the disk
 */
export async function scoreDocument(
  target: HighlightedDocument,
  keep: boolean,
  { configuration, models, store, notices, progressOf }: ScoringParts,
  signal: AbortSignal,
): Promise<void> {
  const progress = progressOf(target.document.uri);
  const job: ScoreJob = {
    ...target.scope,
    text: target.document.getText(),
    settings: configuration().settings,
    previous: target.beginLayer(),
    visible: () => target.visible,
    keep,
  };
  const listener: JobListener = {
    loading: progress.loading,
    tokenizing: progress.tokenizing,
    scored(role, scores, fraction) {
      target.setRole(role, scores);
      progress.scoring(role, fraction);
      notices.changed(target.document, scoredText(scores.scores));
    },
  };
  try {
    if (await runScoreJob(job, models, store, listener, signal)) target.completeLayer();
  } catch (error) {
    if (!isCancelled(error)) throw error;
  } finally {
    progress.end();
  }
}

/** The text between the first and the last scored token. */
function scoredText({ columns, scoredRange: { start, endExclusive } }: TextScores): TextRange {
  if (start === endExclusive) return { start: 0, endExclusive: 0 };
  return { start: columns.start[start]!, endExclusive: columns.endExclusive[endExclusive - 1]! };
}
