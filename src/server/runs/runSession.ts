import { ROLES, type Role } from "../../protocol/roles";
import { DEFAULT_ANCHORS } from "../../analysis/samples/anchors";
import { alignRuns, alignRunsByMafft } from "../../jobs/runs/alignRuns";
import { countTokens, drawRuns, notBegun } from "../../jobs/runs/drawRuns";
import type { RunJob } from "../../jobs/runs/runJob";
import { type RunEvent, RunWork } from "../../jobs/runs/runWork";
import { scoreRuns } from "../../jobs/runs/scoreRuns";
import { sampleViews, toRunView } from "../../jobs/runs/views";
import { withSide } from "../../jobs/runs/importedRun";
import type { RunAnalyser } from "../../jobs/runs/workerClient";
import type { RunProgress } from "../../protocol/anchorViews";
import type { AnchorOptions } from "../../protocol/anchorOptions";
import type { Run, RunSample, RunSide } from "../../formats/run";
import type { ToAnchors } from "../../protocol/panels";
import type { Configuration } from "../../protocol/configuration";
import { baseFrameOf, drawingOf } from "../settings/drawingSettings";
import type { ListedRun } from "../jobs/jobs";
import type { ModelDigests } from "../../engine/modelFiles";
import type { Models } from "../models/models";
import { RunClock, type RunStep } from "./runClock";
import { stepsOf } from "./runSteps";

export interface SessionOptions {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly digests: ModelDigests;
  readonly startAnalyser: () => RunAnalyser;
  /** Takes the run into the list of jobs. */
  readonly list: (progress: RunProgress) => ListedRun;
  readonly tell: (message: ToAnchors) => void;
  readonly save: (run: Run) => Promise<void>;
}

const ALIGNING: RunProgress = { kind: "aligning", role: "rlhf", aligner: "twinlens", fraction: 0 };
const NEVER = new AbortController().signal;
const now = () => performance.now();

/** One open run: one job on it at a time, and a panel that learns of every step. */
export class RunSession {
  private readonly analyser: RunAnalyser;
  private readonly work: RunWork;
  private progress: RunProgress = { kind: "done" };
  private job = new AbortController();
  private clock = new RunClock([], 0, now);
  private listed: ListedRun | null = null;
  /** Ends with the last job. */
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly run: Run,
    private readonly options: SessionOptions,
  ) {
    this.analyser = options.startAnalyser();
    this.work = new RunWork(run, {
      analyser: this.analyser,
      anchors: run.rlhf?.anchors?.options ?? run.base?.anchors?.options ?? DEFAULT_ANCHORS,
      tell: (event) => this.follow(event),
      save: (current) => this.save(current),
    });
  }

  /** Draws what is missing under both models, one after the other, then analyses. */
  async draw(): Promise<void> {
    const [role = "rlhf"] = this.options.models.roles();
    const works = [this.work];
    const first = notBegun(role, this.run[role]?.samples.length ?? 0);
    await this.start(first, ["sampling", "aligning", "scoring"], async (job) => {
      try {
        await drawRuns(works, job);
        await countTokens(works, job);
      } finally {
        // Neither a failure under one model nor a cancel takes anything from the samples that are there.
        await alignRuns(works, NEVER);
      }
      await scoreRuns(works, job);
      await this.alignByMafft(job);
    });
  }

  /** Aligns what the run holds and finds its anchors. */
  async analyse(): Promise<void> {
    await this.start(ALIGNING, ["aligning"], async (job) => {
      await alignRuns([this.work], job.signal);
      await this.alignByMafft(job);
    });
  }

  /** Scores the samples under the models that have not scored them. */
  async score(): Promise<void> {
    const works = [this.work];
    await this.start(ALIGNING, ["aligning", "scoring"], async (job) => {
      await countTokens(works, job);
      await alignRuns(works, job.signal);
      await scoreRuns(works, job);
    });
  }

  /** Takes in samples of a model that the run has none of. @throws RunFileError where it has some */
  addSide(role: Role, side: RunSide): void {
    const { settings } = withSide(this.run, role, side);
    Object.assign(this.run, { settings });
    this.work.begin(role, side);
    void this.analyse();
  }

  setOptions(options: AnchorOptions): Promise<void> {
    return this.work.setOptions(options);
  }

  cancel(): void {
    this.job.abort();
  }

  /** @returns when it is saved under its new name */
  rename(name: string): Promise<void> {
    this.run.name = name;
    return this.work.saver.save();
  }

  /** Ends the job; what it has is saved when it has ended. */
  dispose(): void {
    this.job.abort();
    this.working = this.working.then(() => this.work.saver.save());
    void this.analyser.dispose();
  }

  /** Cancels the running job and saves what has been found so far. */
  close(): Promise<void> {
    this.job.abort();
    return this.work.saver.save();
  }

  /** Sends everything from the beginning, as a panel that was just opened needs it. */
  show(): void {
    const { tell, configuration } = this.options;
    const frame = baseFrameOf(configuration().settings);
    tell({ type: "show", run: toRunView(this.run, this.work.options, frame) });
    for (const role of ROLES) this.work.tellSamples(role);
    for (const { role, aligner, alignment, anchors } of this.work.findings) {
      tell({ type: "alignment", role, aligner, alignment });
      tell({ type: "anchors", role, aligner, anchors });
    }
    for (const role of ROLES) this.work.tellChance(role);
    tell({ type: "progress", progress: this.progress });
  }

  /** Cancels the running job, and starts another once it has ended. */
  private start(
    first: RunProgress,
    kinds: readonly RunStep["kind"][],
    work: (job: RunJob) => Promise<void>,
  ): Promise<void> {
    this.job.abort();
    this.job = new AbortController();
    const { signal } = this.job;
    this.working = this.working.then(() => this.perform(first, kinds, work, signal));
    return this.working;
  }

  /** The run is saved before anything is found; however a job ends, its findings are saved, then the panel is informed. */
  private async perform(
    first: RunProgress,
    kinds: readonly RunStep["kind"][],
    work: (job: RunJob) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { models, digests, configuration } = this.options;
    const drawing = () => drawingOf(configuration().settings);
    const job: RunJob = { models, digests, samples: null, width: null, drawing, signal };
    this.progress = first;
    const steps = stepsOf(this.run, models.roles(), kinds);
    this.clock = new RunClock(steps, this.run.settings.maxTokens ?? 0, now);
    this.show();
    // What is listed is among the runs that are kept.
    await this.work.saver.save();
    const listed = (this.listed = this.options.list(first));
    let outcome: RunProgress = { kind: "done" };
    try {
      await models.use(() => work(job));
      if (signal.aborted) outcome = { kind: "stopped", reason: "Cancelled." };
    } catch (error) {
      outcome = { kind: "stopped", reason: signal.aborted ? "Cancelled." : messageOf(error) };
    }
    await this.work.saver.save();
    listed.end();
    this.listed = null;
    this.work.report(outcome);
    if (outcome.kind === "done") void this.findChance(signal);
  }

  /** The chance level of overlap is looked for when all else is done, until the next job begins. */
  private async findChance(signal: AbortSignal): Promise<void> {
    try {
      for (const role of ROLES) await this.work.findChance(role, signal);
    } catch (error) {
      const message = `What overlap is by chance could not be found: ${messageOf(error)}`;
      this.options.tell({ type: "error", message });
    }
  }

  private alignByMafft({ signal }: RunJob): Promise<void> {
    return alignRunsByMafft([this.work], this.options.configuration().settings.mafft, signal);
  }

  /** Passes on to the panel what the work says of itself. */
  private follow(event: RunEvent): void {
    const { tell } = this.options;
    switch (event.type) {
      case "begun":
        return this.show();
      case "sample":
        return this.tellSamples(event.role, event.place, [event.sample]);
      case "samples":
        return this.tellSamples(event.role, 0, event.samples);
      case "progress":
        this.progress = event.progress;
        this.clock.follow(event.progress);
        this.listed?.move(event.progress, this.clock.secondsLeft);
        return tell(event);
      case "alignment":
      case "anchors":
      case "chance":
        return tell(event);
      case "drawingChance":
        return;
      default:
        return event satisfies never;
    }
  }

  private tellSamples(role: Role, first: number, samples: readonly RunSample[]): void {
    this.options.tell({ type: "samples", role, first, samples: sampleViews(samples, role) });
  }

  private async save(run: Run): Promise<void> {
    try {
      await this.options.save(run);
    } catch (error) {
      const message = `The run could not be saved: ${messageOf(error)}`;
      this.options.tell({ type: "error", message });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
