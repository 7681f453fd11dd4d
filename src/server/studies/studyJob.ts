import type { ResultCell } from "../../formats/study/studyResult";
import type { StudyPace } from "../../jobs/study/studyPace";
import type { StudyProgress } from "../../protocol/studyPanel";
import type { ListedStudy } from "../jobs/jobs";

/** A study that is measured, or waits for it. */
export interface StudyJob {
  readonly controller: AbortController;
  readonly listed: ListedStudy;
  /** null: it waits, or reads what is to be measured. */
  pace: StudyPace | null;
  hasBegun: boolean;
}

/**
 * How far a job is.
 * @param job null: there is none
 * @param measuredNow the cells that it is at
 */
export function progressOf(
  job: StudyJob | null,
  measuredNow: () => readonly ResultCell[],
): StudyProgress {
  if (job === null) return { running: false, fraction: null, secondsLeft: null, what: null };
  const { fraction, secondsLeft } = job.pace ?? { fraction: null, secondsLeft: null };
  return { running: true, fraction, secondsLeft, what: whatIsDone(job, measuredNow) };
}

function whatIsDone(
  { pace, hasBegun, controller }: StudyJob,
  measuredNow: () => readonly ResultCell[],
): string {
  if (controller.signal.aborted) return "stopping";
  if (!hasBegun) return "waiting for another study";
  const [cell] = pace === null ? [] : measuredNow();
  if (!cell) return "reading corpora and models";
  // Samples from elsewhere have a pair of their own name.
  const { corpus, pair } = cell;
  return corpus === pair ? `measuring ${corpus}` : `measuring ${corpus} under ${pair}`;
}
