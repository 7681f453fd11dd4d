import type { AdaptationProgress } from "./adaptation";
import type { RunProgress } from "./anchorViews";
import { event } from "./channel";
import type { DrawingStep } from "./continuation";
import type { ScoringProgress } from "./documents";
import type { QuestionProgress } from "./game";
import type { ProbeProgress } from "./probes";

export const JobEvent = {
  /** What runs and what waits, after every change. */
  changed: event<readonly Job[]>("twinlens/jobs"),
};

/** What the list of jobs shows of one; jobs stand in the order in which they were asked for. */
export type Job =
  | DocumentJob
  | LoadingJob
  | RunJobView
  | StudyJobView
  | ProbeJobView
  | AdaptationJobView
  | GameJobView
  | ContinuationJobView
  | TransferJobView;

interface ListedJob {
  /** The document's name, the run's, the study's, or what is asked for. */
  readonly title: string;
  /** Title of the job before, which has to end first; null: it is under way. */
  readonly waitsFor: string | null;
  /** Of all its steps from now on, without the jobs it waits for; null: not known yet. */
  readonly secondsLeft: number | null;
}

/** A document that is scored. */
export interface DocumentJob extends ListedJob {
  readonly kind: "document";
  readonly uri: string;
  /** null: it has not begun. */
  readonly progress: ScoringProgress | null;
}

/** Models that are loaded for the estimate of a document's job, or because the user wants them. */
export interface LoadingJob extends ListedJob {
  readonly kind: "loading";
  /** Of the document; empty: none waits for them. */
  readonly uri: string;
  /** null: it has not begun. */
  readonly progress: ScoringProgress | null;
}

/** A run that is worked on. */
export interface RunJobView extends ListedJob {
  readonly kind: "run";
  readonly id: string;
  /** null: it is kept nowhere. */
  readonly file: string | null;
  readonly progress: RunProgress;
  /** Samples of each model. */
  readonly samples: number;
}

/** A study that is measured. */
export interface StudyJobView extends ListedJob {
  readonly kind: "study";
  /** Of the study. */
  readonly file: string;
  /** 0 .. 1; null: unknown */
  readonly fraction: number | null;
  /** What is being done, in a few words. */
  readonly what: string;
}

/** A probe that is trained. */
export interface ProbeJobView extends ListedJob, ProbeProgress {
  readonly kind: "probe";
}

/** A model that is adapted to texts. */
export interface AdaptationJobView extends ListedJob, AdaptationProgress {
  readonly kind: "adaptation";
}

/** Models that are asked for a hidden word. */
export interface GameJobView extends ListedJob {
  readonly kind: "game";
  /** null: it has not begun. */
  readonly progress: QuestionProgress | null;
}

/** Models that go on with a text. */
export interface ContinuationJobView extends ListedJob {
  readonly kind: "continuation";
  /** null: it has not begun. */
  readonly step: DrawingStep | null;
}

/** A model that is fetched. */
export interface TransferJobView extends ListedJob {
  readonly kind: "transfer";
  /** As in `protocol/modelFiles.ts`. */
  readonly source: string;
  readonly bytes: number;
  /** null: the hub does not say. */
  readonly total: number | null;
}
