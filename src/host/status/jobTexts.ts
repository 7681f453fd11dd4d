import { durationWords } from "../../analysis/presentation/duration";
import { formatBytes, formatPercent } from "../../analysis/presentation/format";
import { drawingText } from "../../analysis/presentation/drawingText";
import { questionText } from "../../analysis/presentation/questionText";
import { runStepText } from "../../analysis/presentation/runStepText";
import type { RunProgress } from "../../protocol/anchorViews";
import type { Job, TransferJobView } from "../../protocol/jobs";
import type { ProbeProgress } from "../../protocol/probes";
import { progressText } from "./statusText";

/** What a job does now and how long all of it takes: `Drawing RLHF samples, 12 of 100 · about 11 min left`. */
export function jobText(job: Job): string {
  const { waitsFor, secondsLeft } = job;
  if (waitsFor !== null) {
    const takes = secondsLeft === null ? "" : ` · then ${durationWords(secondsLeft)}`;
    return `Waits for ${waitsFor}${takes}`;
  }
  const left = secondsLeft === null ? "" : ` · ${durationWords(secondsLeft)} left`;
  return `${doing(job)}${left}`;
}

/** `2 jobs, about 11 min`; without the time where it is not known of all. */
export function jobsText(jobs: readonly Job[]): string {
  const count = jobs.length === 1 ? "1 job" : `${jobs.length} jobs`;
  const seconds = allSecondsLeft(jobs);
  return seconds === null ? count : `${count}, ${durationWords(seconds)}`;
}

/** Documents are scored one after the other, so are studies; runs and transfers go on beside them. */
function allSecondsLeft(jobs: readonly Job[]): number | null {
  const of = (kind: Job["kind"]) =>
    jobs.filter((job) => job.kind === kind).map(({ secondsLeft }) => secondsLeft ?? NaN);
  const inTurn = (kind: Job["kind"]) => of(kind).reduce((a, b) => a + b, 0);
  const seconds = Math.max(
    inTurn("document"),
    inTurn("study"),
    ...of("run"),
    ...of("loading"),
    ...of("probe"),
    ...of("adaptation"),
    ...of("game"),
    ...of("continuation"),
    ...of("transfer"),
  );
  return Number.isNaN(seconds) ? null : seconds;
}

function doing(job: Job): string {
  if (job.kind === "run") return runText(job.progress, job.samples);
  if (job.kind === "study" || job.kind === "probe") return shareText(job);
  if (job.kind === "adaptation") return job.what;
  if (job.kind === "transfer") return fetchedText(job);
  if (job.kind === "game") return questionText(job.progress);
  if (job.kind === "continuation") return drawingText(job.step);
  return job.progress === null ? "Starting" : progressText({ ...job.progress, secondsLeft: null });
}

/** `Training, 40 %` */
export function shareText({ what, fraction }: ProbeProgress): string {
  return fraction === null ? what : `${what}, ${formatPercent(fraction, 0)}`;
}

/** `Fetching 43 % of 4.5 GB`; how much there is already, where nobody says how much there is. */
export function fetchedText({ bytes, total }: Pick<TransferJobView, "bytes" | "total">): string {
  if (total === null) return `Fetching, ${formatBytes(bytes)} so far`;
  const percent = Math.floor((100 * bytes) / Math.max(total, 1));
  return `Fetching ${percent} % of ${formatBytes(total)}`;
}

function runText(progress: RunProgress, samples: number): string {
  if (progress.kind === "done") return "Saving";
  return progress.kind === "stopped" ? progress.reason : runStepText(progress, samples);
}
