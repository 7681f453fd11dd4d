import type { RunProgress } from "../../protocol/anchorViews";
import type { DocumentJob, Job, RunJobView } from "../../protocol/jobs";
import type { ScoringProgress } from "../../protocol/documents";
import { nameOf } from "../documents/documentName";
import { throttle } from "./throttle";

/** More often nobody reads a list, ms. */
const INTERVAL_MS = 500;

/** A job's place in the list. */
export interface Listed {
  end(): void;
}

/** A run's place in the list. */
export interface ListedRun extends Listed {
  /** @param secondsLeft of the whole run; null: not known yet */
  move(progress: RunProgress, secondsLeft: number | null): void;
}

/** All that runs or waits, in the order in which it was asked for. */
export interface Jobs {
  addDocument(uri: string): Listed;
  /** Models are loaded for the estimate of a document's job; empty URI: because the user wants them. */
  addLoading(uri: string): Listed;
  addRun(run: Pick<RunJobView, "id" | "title" | "file" | "samples" | "progress">): ListedRun;
  /** How long the document's next job takes, as it was estimated. */
  expect(uri: string, seconds: number | null): void;
  /** A document's job, or the loading of models, has moved. */
  follow(progress: ScoringProgress): void;
}

export function createJobs(send: (jobs: readonly Job[]) => void): Jobs {
  const jobs = new Set<{ job: Job }>();
  /** Estimates, by document. */
  const expected = new Map<string, number | null>();
  const tell = throttle(() => send(waiting([...jobs].map(({ job }) => job))), INTERVAL_MS);

  const add = (job: Job) => {
    const entry = { job };
    jobs.add(entry);
    tell();
    const end = () => {
      jobs.delete(entry);
      tell();
    };
    return { entry, end };
  };

  return {
    addDocument(uri) {
      const secondsLeft = expected.get(uri) ?? null;
      // The one after it, as after an edit, may be much shorter.
      expected.delete(uri);
      const title = nameOf(uri);
      const { end } = add({
        kind: "document",
        uri,
        title,
        progress: null,
        waitsFor: null,
        secondsLeft,
      });
      return { end };
    },
    addLoading(uri) {
      const title = uri === "" ? "Models" : nameOf(uri);
      const unknown = { progress: null, waitsFor: null, secondsLeft: null };
      const { end } = add({ kind: "loading", uri, title, ...unknown });
      return { end };
    },
    addRun(run) {
      const { entry, end } = add({ kind: "run", ...run, waitsFor: null, secondsLeft: null });
      return {
        move(progress, secondsLeft) {
          entry.job = { ...entry.job, kind: "run", ...run, progress, secondsLeft };
          tell();
        },
        end,
      };
    },
    expect: (uri, seconds) => void expected.set(uri, seconds),
    follow(progress) {
      if (progress.phase === "idle") return;
      for (const entry of jobs) {
        const { job } = entry;
        if (job.kind === "run" || job.uri !== progress.uri) continue;
        const secondsLeft = progress.secondsLeft ?? job.secondsLeft;
        entry.job = { ...job, progress, secondsLeft };
        tell();
        return;
      }
    },
  };
}

/** The jobs, each with the one it waits for: documents are scored one at a time, and a model draws for one run at a time. */
export function waiting(jobs: readonly Job[]): readonly Job[] {
  return jobs.map((job, i) => {
    const before = jobs.slice(0, i).findLast((other) => isInTheWay(other, job));
    return { ...job, waitsFor: before?.title ?? null };
  });
}

function isInTheWay(before: Job, job: Job): boolean {
  if (before.kind === "document") return isWaitingDocument(job);
  if (before.kind !== "run" || job.kind !== "run") return false;
  return before.id !== job.id && drawsAfter(job.progress, before.progress);
}

function isWaitingDocument(job: Job): job is DocumentJob {
  return job.kind === "document" && job.progress === null;
}

/** Whether a run that has not drawn anything yet is to draw from the model that another one draws from. */
function drawsAfter(progress: RunProgress, before: RunProgress): boolean {
  return (
    progress.kind === "sampling" &&
    before.kind === "sampling" &&
    progress.role === before.role &&
    progress.tokensPerSecond === null
  );
}
