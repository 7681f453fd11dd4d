import { pathToFileURL } from "node:url";
import { isCancelled } from "../../engine/errors";
import type { Engines } from "../../engine/local/engines";
import { modelAt, type ModelDigests } from "../../engine/modelFiles";
import type { StudyResult } from "../../formats/study/studyResult";
import type { RunAnalyser } from "../../jobs/runs/workerClient";
import { runStudy } from "../../jobs/study/runStudy";
import {
  adaptersFolderOf,
  ResultSaver,
  runsFolderOf,
  type StudyAt,
} from "../../jobs/study/studyFiles";
import type { Configuration } from "../../protocol/configuration";
import type { StudyReport } from "../../protocol/studyFigure";
import type { StudyCellView, StudyProgress, ToStudy } from "../../protocol/studyPanel";
import { isEmptyCell } from "../../report/study/cells";
import { studyReport } from "../../report/study/studyReport";
import { failure } from "../connection/responses";
import type { Jobs } from "../jobs/jobs";
import { throttle } from "../jobs/throttle";
import { cellViews, measuredNow, type RunNow } from "./cellViews";
import { pairInUse, readFiles, type StudyFiles } from "./readFiles";
import { progressOf, type StudyJob } from "./studyJob";

export interface StudySessionOptions {
  readonly version: string;
  readonly configuration: () => Configuration;
  readonly digests: ModelDigests;
  readonly jobs: Jobs;
  /** Of the study alone: the heat map's models stay as they are. */
  readonly startEngines: () => Engines;
  /** A thread that aligns samples. */
  readonly startAnalyser: () => RunAnalyser;
  /** Waits until no other study is measured. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
  readonly tell: (message: ToStudy) => void;
  readonly log: (message: string) => void;
}

/** Nobody reads more, ms. */
const PROGRESS_EVERY_MS = 200;
/** Making the figures of large results takes a second, ms. */
const REPORT_EVERY_MS = 3000;

/** One study: one job on it at a time, and a panel that learns of every step. */
export class StudySession {
  private files: StudyFiles = { at: null, result: null };
  private kept: RunNow["kept"] = new Set();
  private failures = new Map<string, string>();
  private job: StudyJob | null = null;
  private isShown = false;
  /** Of the result as it then was; null: of none. */
  private report: StudyReport | null = null;
  private isReportOld = true;
  /** Ends with the last job. */
  private working: Promise<void> = Promise.resolve();
  private readonly tellSoon = throttle(() => this.tellProgress(), PROGRESS_EVERY_MS);
  private readonly tellReportSoon = throttle(() => this.tellAll(), REPORT_EVERY_MS);

  /** @param title of the study */
  constructor(
    private readonly title: string,
    private readonly file: string,
    private readonly options: StudySessionOptions,
  ) {}

  /** Nobody looks at it, and nothing is done. */
  get isIdle(): boolean {
    return !this.isShown && this.job === null;
  }

  get views(): readonly StudyCellView[] {
    return cellViews(this.files, this.now);
  }

  /** @throws StudyFileError, ResultFileError, the file system's error */
  async show(): Promise<void> {
    this.isShown = true;
    await this.read();
    this.tellAll();
  }

  hide(): void {
    this.isShown = false;
  }

  /** What was read, or is being measured. @throws as {@link show} */
  async read(): Promise<StudyFiles> {
    if (this.job !== null) return this.files;
    const files = await readFiles(this.file, pairInUse(this.options.configuration()));
    // A job may have begun meanwhile.
    if (this.job === null) this.take(files);
    return this.files;
  }

  /** Resolves when it is listed. @throws as {@link show}, ResponseError where there is nothing that could be run */
  async run(): Promise<void> {
    const { at } = await this.read();
    if (this.job !== null) return;
    const study = runnable(at);
    const { file, title } = this;
    const listed = this.options.jobs.addStudy({ file, title, what: "Starting" });
    const controller = new AbortController();
    const job: StudyJob = { controller, listed, pace: null, hasBegun: false };
    this.job = job;
    this.failures = new Map();
    this.tellProgress();
    this.working = this.options
      .inTurn(() => this.perform(study, job))
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.end());
  }

  cancel(): void {
    this.job?.controller.abort();
  }

  /** Cancels the job; resolves when what it has is saved. */
  close(): Promise<void> {
    this.cancel();
    return this.working;
  }

  /** The report of what is measured. @throws as {@link show}, ResponseError where nothing is */
  async currentReport(): Promise<StudyReport> {
    await this.read();
    const report = this.reportNow();
    if (report === null) throw failure("Nothing of this study is measured yet.");
    return report;
  }

  private async perform({ study, folder, resultFile }: StudyAt, job: StudyJob): Promise<void> {
    const { signal } = job.controller;
    if (signal.aborted) return;
    const { configuration, digests, startEngines, startAnalyser, version, log } = this.options;
    job.hasBegun = true;
    this.tellProgress();
    const engines = startEngines();
    const saver = new ResultSaver(resultFile, (error) => this.fail(error));
    try {
      await runStudy({
        study,
        folder,
        known: this.files.result,
        measures: study.measures,
        engines,
        startAnalyser,
        runsFolder: runsFolderOf(resultFile),
        adaptersFolder: adaptersFolderOf(resultFile),
        options: { gpu: configuration().settings.gpu },
        digest: (model) => digests.of(modelAt(model)),
        twinlensVersion: version,
        listener: {
          onResult: (result) => {
            saver.changed(result);
            this.found(result);
          },
          onProgress: (pace) => {
            job.pace = pace;
            this.tellSoon();
          },
          onWarning: log,
          onFailure: (what, error) => {
            this.failures.set(what, error.message);
            log(`${what}: ${error.message}`);
            this.tellSoon();
          },
        },
        save: () => saver.save(),
        journal: saver.journal,
        signal,
      }).finally(() => saver.finish());
    } finally {
      engines.dispose();
    }
  }

  private take(files: StudyFiles): void {
    this.files = files;
    this.kept = new Set();
    this.isReportOld = true;
  }

  private found(result: StudyResult): void {
    if (result !== this.files.result) {
      this.files = { ...this.files, result };
      this.kept = new Set(result.cells.filter(({ isComplete }) => isComplete));
    }
    this.isReportOld = true;
    if (this.isShown) this.tellReportSoon();
  }

  private end(): void {
    this.job?.listed.end();
    this.job = null;
    if (this.isReportOld) this.tellAll();
    else this.tellProgress();
  }

  private fail(error: unknown): void {
    if (isCancelled(error)) return;
    const message = error instanceof Error ? error.message : String(error);
    this.options.log(`${this.title}: ${message}`);
    this.options.tell({ type: "error", message });
  }

  private get now(): RunNow {
    return { isRunning: this.job !== null, kept: this.kept, failures: this.failures };
  }

  private get progress(): StudyProgress {
    return progressOf(this.job, () => measuredNow(this.files, this.now));
  }

  private tellProgress(): void {
    const { progress } = this;
    this.job?.listed.move({ ...progress, what: sentence(progress.what ?? "") });
    if (this.isShown) this.options.tell({ type: "progress", cells: this.views, progress });
  }

  private tellAll(): void {
    if (!this.isShown) return;
    const { title, views: cells, progress } = this;
    const uri = pathToFileURL(this.file).href;
    this.options.tell({ type: "show", uri, title, cells, report: this.reportNow(), progress });
  }

  private reportNow(): StudyReport | null {
    if (this.isReportOld) {
      const { result } = this.files;
      const isEmpty = result === null || result.cells.every(isEmptyCell);
      this.report = isEmpty ? null : studyReport(result, this.files.at?.study ?? null);
      this.isReportOld = false;
    }
    return this.report;
  }
}

/** @throws ResponseError */
function runnable(at: StudyAt | null): StudyAt {
  if (at === null) throw failure("These results lie without their study's file: it can't be run.");
  const { pairs, corpora, prompts } = at.study;
  const needsModels = corpora.length + prompts.length > 0;
  if (needsModels && pairs.some(({ stages }) => stages.length < 2)) {
    throw failure(
      "The study names no pair, and the pair in use lacks a model: choose another pair, or name one in the study's file.",
    );
  }
  return at;
}

function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
