import type { RunProgress } from "../../protocol/anchorViews";
import type { AdaptationProgress } from "../../protocol/adaptation";
import type {
  AdaptationJobView,
  ContinuationJobView,
  DocumentJob,
  GameJobView,
  Job,
  LoadingJob,
  ProbeJobView,
  RunJobView,
  StudyJobView,
  TransferJobView,
} from "../../protocol/jobs";
import type { DrawingStep } from "../../protocol/continuation";
import type { ScoringProgress } from "../../protocol/documents";
import type { QuestionProgress } from "../../protocol/game";
import type { ProbeProgress } from "../../protocol/probes";
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

/** The place of work that tells how far it is. */
export interface ListedWork<Step> extends Listed {
  move(now: Step): void;
}

/** A study's place in the list. */
export type ListedStudy = ListedWork<Pick<StudyJobView, "fraction" | "what" | "secondsLeft">>;

interface Entry {
  job: Job;
}

/** All that runs or waits, in the order in which it was asked for. */
export class Jobs {
  private readonly entries = new Set<Entry>();
  /** Estimates, by document. */
  private readonly expected = new Map<string, number | null>();
  private readonly tell: () => void;

  constructor(send: (jobs: readonly Job[]) => void) {
    this.tell = throttle(() => send(waiting([...this.entries].map(({ job }) => job))), INTERVAL_MS);
  }

  addDocument(uri: string): Listed {
    const secondsLeft = this.expected.get(uri) ?? null;
    // The one after it, as after an edit, may be much shorter.
    this.expected.delete(uri);
    const title = nameOf(uri);
    const begun = { progress: null, waitsFor: null, secondsLeft };
    const entry = this.add({ kind: "document", uri, title, ...begun });
    return { end: () => this.remove(entry) };
  }

  /** Models are loaded for the estimate of a document's job; empty URI: because the user wants them. */
  addLoading(uri: string): Listed {
    const title = uri === "" ? "Models" : nameOf(uri);
    const unknown = { progress: null, waitsFor: null, secondsLeft: null };
    const entry = this.add({ kind: "loading", uri, title, ...unknown });
    return { end: () => this.remove(entry) };
  }

  addRun(run: Pick<RunJobView, "id" | "title" | "file" | "samples" | "progress">): ListedRun {
    const begun: RunJobView = { kind: "run", ...run, waitsFor: null, secondsLeft: null };
    const { move, end } = this.addMoving(begun);
    return { move: (progress, secondsLeft) => move({ progress, secondsLeft }), end };
  }

  addStudy(study: Pick<StudyJobView, "file" | "title" | "what">): ListedStudy {
    const unknown = { fraction: null, waitsFor: null, secondsLeft: null };
    return this.addMoving<StudyJobView>({ kind: "study", ...study, ...unknown });
  }

  addProbe(probe: Pick<ProbeJobView, "title" | "what">): ListedWork<ProbeProgress> {
    const unknown = { fraction: null, waitsFor: null, secondsLeft: null };
    return this.addMoving<ProbeJobView>({ kind: "probe", ...probe, ...unknown });
  }

  addAdaptation({ title }: Pick<AdaptationJobView, "title">): ListedWork<AdaptationProgress> {
    const begun = { what: "Starting", fraction: null, waitsFor: null, secondsLeft: null };
    return this.addMoving<AdaptationJobView>({ kind: "adaptation", title, ...begun });
  }

  /** Models are asked for a hidden word. */
  addQuestion(progress: QuestionProgress | null): ListedWork<QuestionProgress> {
    const title = "Guess the Next Word";
    const begun: GameJobView = { kind: "game", title, waitsFor: null, secondsLeft: null, progress };
    const { move, end } = this.addMoving(begun);
    return { move: (now) => move({ progress: now }), end };
  }

  /** Models go on with a text. */
  addContinuation(step: DrawingStep | null): ListedWork<DrawingStep> {
    const unknown = { waitsFor: null, secondsLeft: null };
    const title = "Continue from Here";
    const begun: ContinuationJobView = { kind: "continuation", title, ...unknown, step };
    const { move, end } = this.addMoving(begun);
    return { move: (now) => move({ step: now }), end };
  }

  addTransfer(
    transfer: Pick<TransferJobView, "source" | "title">,
  ): ListedWork<Pick<TransferJobView, "bytes" | "total" | "secondsLeft">> {
    const unknown = { bytes: 0, total: null, waitsFor: null, secondsLeft: null };
    return this.addMoving<TransferJobView>({ kind: "transfer", ...transfer, ...unknown });
  }

  /** How long the document's next job takes, as it was estimated. */
  expect(uri: string, seconds: number | null): void {
    this.expected.set(uri, seconds);
  }

  /** A document's job, or the loading of models, has moved. */
  follow(progress: ScoringProgress): void {
    if (progress.phase === "idle") return;
    for (const entry of this.entries) {
      const { job } = entry;
      if (!isOfDocument(job) || job.uri !== progress.uri) continue;
      entry.job = { ...job, progress, secondsLeft: progress.secondsLeft ?? job.secondsLeft };
      this.tell();
      return;
    }
  }

  /** `move` takes what differs from the job as it began. */
  private addMoving<Moving extends Job>(begun: Moving) {
    const entry = this.add(begun);
    return {
      move: (now: Partial<Moving>) => {
        entry.job = { ...begun, ...now };
        this.tell();
      },
      end: () => this.remove(entry),
    };
  }

  private add(job: Job): Entry {
    const entry = { job };
    this.entries.add(entry);
    this.tell();
    return entry;
  }

  private remove(entry: Entry): void {
    this.entries.delete(entry);
    this.tell();
  }
}

function isOfDocument(job: Job): job is DocumentJob | LoadingJob {
  return job.kind === "document" || job.kind === "loading";
}

/**
 * The jobs, each with the one it waits for: documents are scored one at a time, so are studies measured, and a model draws for
 * one run at a time.
 */
export function waiting(jobs: readonly Job[]): readonly Job[] {
  return jobs.map((job, i) => {
    const before = jobs.slice(0, i).findLast((other) => isInTheWay(other, job));
    return { ...job, waitsFor: before?.title ?? null };
  });
}

function isInTheWay(before: Job, job: Job): boolean {
  if (before.kind === "document") return isWaitingDocument(job);
  if (before.kind === "study") return job.kind === "study";
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
