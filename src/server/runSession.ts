import { DEFAULT_ANCHORS } from "../analysis/anchors";
import type { Aligner, AlignmentView, AnchorsView, RunProgress } from "../protocol/anchorViews";
import type { AnchorOptions, Run } from "../protocol/generations";
import type { ToAnchors } from "../protocol/panels";
import type { Configuration } from "../protocol/requests";
import type { Role } from "../protocol/scores";
import { type AlignableRun, packAlignment, storedAnalysis } from "../runs/analysis";
import { countNgrams } from "../runs/baseTokens";
import { type ScoredSamples, scoredSamples, scoreSamples, unscored, withBits } from "../runs/bits";
import { textOfPieces } from "../engine/pieces";
import { checkSameModel, checkSamePrompt, drawRole, promptParts } from "../runs/draw";
import { alignByMafft } from "../runs/mafft";
import { ROLES } from "../runs/roles";
import { createSaver } from "../runs/saver";
import {
  type DrawSettings,
  framed,
  INSTRUCTION_FRAME,
  RAW_FRAME,
  samplersOf,
} from "../runs/settings";
import { sampleViews, toRunView } from "../runs/views";
import type { RunAnalyser } from "../runs/workerClient";
import { chatForm } from "./chatSettings";
import type { Model, Models } from "./models";
import type { ModelHashes } from "./modelHash";

export interface SessionOptions {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly hashes: ModelHashes;
  readonly startAnalyser: () => RunAnalyser;
  readonly tell: (message: ToAnchors) => void;
  readonly save: (run: Run) => Promise<void>;
  readonly log: (message: string) => void;
}

/** What was found in one model's samples as one program aligns them. */
interface Findings {
  readonly role: Role;
  readonly aligner: Aligner;
  readonly alignment: AlignmentView;
  readonly anchors: AnchorsView;
}

const PROGRESS_MS = 200;
const ALIGNING: RunProgress = { kind: "aligning", role: "rlhf", aligner: "twinlens", fraction: 0 };
const NEVER = new AbortController().signal;
/** A slider sends many options per second; those it stops at are saved. */
const SAVE_PAUSE_MS = 500;

/** One open run: draws it, aligns it, finds its anchors, and reports every step to its panel. */
export class RunSession {
  private readonly analyser: RunAnalyser;
  private readonly findings = new Map<`${Aligner} ${Role}`, Findings>();
  private readonly scored = new Map<Role, ScoredSamples>();
  private anchorOptions: AnchorOptions;
  private progress: RunProgress = { kind: "done" };
  private job = new AbortController();
  /** Ends with the last job: jobs never overlap, and nothing is saved twice at a time. */
  private working: Promise<void> = Promise.resolve();
  private saveTimer: NodeJS.Timeout | undefined;
  private readonly saver = createSaver(() => this.write());

  constructor(
    private readonly run: Run,
    private readonly options: SessionOptions,
  ) {
    this.analyser = options.startAnalyser();
    this.anchorOptions =
      run.rlhf?.anchors?.options ?? run.base?.anchors?.options ?? DEFAULT_ANCHORS;
  }

  /** Draws what is missing under both models, one after the other, then analyses. */
  async draw(): Promise<void> {
    const [role = "rlhf"] = this.options.models.roles();
    await this.work(this.drawingProgress(role, null), async (signal) => {
      try {
        await this.drawMissing(signal);
        await this.countTokens(signal);
      } finally {
        // Neither a failure under one model nor a cancel takes anything from the samples that are there.
        await this.analyseBoth(NEVER);
      }
      await this.scoreAcross(signal);
      await this.alignByMafft(signal);
    });
  }

  /** Aligns what the run holds and finds its anchors. */
  async analyse(): Promise<void> {
    await this.work(ALIGNING, async (signal) => {
      await this.analyseBoth(signal);
      await this.alignByMafft(signal);
    });
  }

  /** Scores the samples under the models that have not scored them. */
  async score(): Promise<void> {
    await this.work(ALIGNING, async (signal) => {
      await this.countTokens(signal);
      await this.analyseBoth(signal);
      await this.scoreAcross(signal);
    });
  }

  async setOptions(options: AnchorOptions): Promise<void> {
    this.anchorOptions = options;
    for (const role of ROLES) await this.findAllAnchors(role);
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => this.saveAfterWork(), SAVE_PAUSE_MS);
  }

  cancel(): void {
    this.job.abort();
  }

  /** @returns when it is saved under its new name */
  rename(name: string): Promise<void> {
    this.run.name = name;
    return this.saver.save();
  }

  dispose(): void {
    this.job.abort();
    clearTimeout(this.saveTimer);
    this.saveAfterWork();
    void this.analyser.dispose();
  }

  /** Cancels the running job and saves what has been found so far. */
  close(): Promise<void> {
    this.job.abort();
    clearTimeout(this.saveTimer);
    return this.saver.save();
  }

  /** Sends everything from the beginning, as a panel that was just opened needs it. */
  show(): void {
    const { tell } = this.options;
    tell({ type: "show", run: toRunView(this.run, this.anchorOptions) });
    for (const role of ROLES) {
      const drawn = this.run[role];
      if (drawn)
        tell({ type: "samples", role, first: 0, samples: sampleViews(drawn.samples, role) });
    }
    for (const { role, aligner, alignment, anchors } of this.findings.values()) {
      tell({ type: "alignment", role, aligner, alignment });
      tell({ type: "anchors", role, aligner, anchors });
    }
    tell({ type: "progress", progress: this.progress });
  }

  /** Cancels the running job, and starts another once it has ended. */
  private work(first: RunProgress, job: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.job.abort();
    this.job = new AbortController();
    const { signal } = this.job;
    this.working = this.working.then(() => this.perform(first, job, signal));
    return this.working;
  }

  /** However a job ends, its findings are saved, then the panel is informed. */
  private async perform(
    first: RunProgress,
    job: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    this.progress = first;
    this.show();
    let outcome: RunProgress = { kind: "done" };
    try {
      await this.options.models.use(() => job(signal));
      if (signal.aborted) outcome = { kind: "stopped", reason: "Cancelled." };
    } catch (error) {
      outcome = { kind: "stopped", reason: signal.aborted ? "Cancelled." : messageOf(error) };
    }
    await this.saver.save();
    this.report(outcome);
  }

  private async drawMissing(signal: AbortSignal): Promise<void> {
    const { models } = this.options;
    const { samples, maxTokens } = this.run.settings;
    // Imported samples are complete.
    if (maxTokens === null) return;
    if (models.roles().length === 0) throw new Error("No pair of models is chosen.");
    for (const role of models.roles()) {
      const done = this.run[role]?.samples.length ?? 0;
      if (done >= samples) continue;
      if (done > 0) this.run.settings.resumed = true;
      await this.drawRole(role, signal);
      if (signal.aborted) return;
    }
  }

  private async drawRole(role: Role, signal: AbortSignal): Promise<void> {
    const { models, hashes, tell } = this.options;
    const { engine, loaded } = await models.load(role, undefined, signal);
    const { path } = loaded.facts;
    const pace = { before: this.run[role]?.samples.length ?? 0, start: performance.now() };
    let reported = 0;
    try {
      await drawRole({
        engine,
        role,
        model: loaded,
        sha256: await hashes.known(path),
        prompt: this.run.prompt,
        settings: this.drawSettings(),
        earlier: this.run[role],
        onStart: (run, width) => {
          this.run[role] = run;
          this.run.settings.width = width;
          this.findings.delete(`twinlens ${role}`);
          this.findings.delete(`mafft ${role}`);
          this.progress = this.drawingProgress(role, null);
          this.show();
        },
        onSample: (sample) => {
          const first = (this.run[role]?.samples.length ?? 1) - 1;
          tell({ type: "samples", role, first, samples: sampleViews([sample], role) });
          this.saver.changed();
        },
        onTokens: (tokens) => {
          if (performance.now() - reported < PROGRESS_MS) return;
          reported = performance.now();
          this.report(this.drawingProgress(role, { ...pace, tokens }));
        },
        signal,
      });
      const model = this.run[role]?.model;
      if (model && !signal.aborted) model.sha256 ??= await hashes.of(path).catch(() => null);
    } finally {
      // Samples arrive as they end; from here on they stand in the order of their numbers.
      this.tellSamples(role);
      await this.saver.save();
    }
  }

  /** @param pace samples before this job, its start in ms, its tokens; null: it has not begun */
  private drawingProgress(
    role: Role,
    pace: { readonly before: number; readonly start: number; readonly tokens: number } | null,
  ): RunProgress {
    const done = this.run[role]?.samples.length ?? 0;
    if (pace === null) {
      return { kind: "sampling", role, done, tokensPerSecond: null, secondsLeft: null };
    }
    const seconds = (performance.now() - pace.start) / 1000;
    const drawn = done - pace.before;
    const missing = this.run.settings.samples - done;
    return {
      kind: "sampling",
      role,
      done,
      tokensPerSecond: pace.tokens / seconds,
      secondsLeft: drawn > 0 ? (seconds / drawn) * missing : null,
    };
  }

  private tellSamples(role: Role): void {
    const drawn = this.run[role];
    if (!drawn) return;
    const samples = sampleViews(drawn.samples, role);
    this.options.tell({ type: "samples", role, first: 0, samples });
  }

  private drawSettings(): DrawSettings {
    const { samples, seed, width, maxTokens } = this.run.settings;
    const settings = this.options.configuration().settings;
    const { temperature, samplingTopK, minP, topPBase, topPRlhf, instructionFrame } = settings;
    const topP = { base: topPBase, rlhf: topPRlhf };
    const now = samplersOf({ temperature, topK: samplingTopK, minP }, topP);
    return {
      samples,
      seed,
      width,
      maxTokens: maxTokens ?? 1,
      // A run that goes on is drawn as it was begun.
      chat: chatForm(settings),
      clock: Date.parse(this.run.created) || Date.now(),
      baseFrame: this.frameOfBase() ?? (instructionFrame ? INSTRUCTION_FRAME : RAW_FRAME),
      samplers: {
        base: this.run.base?.sampler ?? now.base,
        rlhf: this.run.rlhf?.sampler ?? now.rlhf,
      },
    };
  }

  /** The frame in which the base model got this run's prompt; null: it has drawn nothing yet. */
  private frameOfBase(): string | null {
    const { base, prompt } = this.run;
    if (!base?.model) return null;
    const isFramed = base.prompt.endsWith(framed(INSTRUCTION_FRAME, prompt));
    return isFramed ? INSTRUCTION_FRAME : RAW_FRAME;
  }

  private async analyseBoth(signal: AbortSignal): Promise<void> {
    for (const role of ROLES) {
      const drawn = this.run[role];
      if (!drawn || signal.aborted) continue;
      this.scored.set(role, scoredSamples(drawn.samples, role));
      if (!(await this.analyseRole(role, "twinlens", drawn, signal))) return;
    }
  }

  /** Finds all that follows from samples and one alignment; false: cancelled. */
  private async analyseRole(
    role: Role,
    aligner: Aligner,
    drawn: AlignableRun,
    signal: AbortSignal,
  ): Promise<boolean> {
    const onProgress = (fraction: number) =>
      this.report({ kind: "aligning", role, aligner, fraction });
    const alignment = await this.analyser.analyse(role, aligner, drawn, onProgress, signal);
    if (alignment === null) return false;
    this.options.tell({ type: "alignment", role, aligner, alignment });
    await this.findAnchors(role, aligner, alignment);
    return true;
  }

  /** Aligns both models' samples with MAFFT too, where the user has set it up. */
  private async alignByMafft(signal: AbortSignal): Promise<void> {
    const program = this.options.configuration().settings.mafft;
    for (const role of ROLES) {
      const drawn = this.run[role];
      if (!drawn || signal.aborted) continue;
      if (drawn.mafft === null && program !== "") {
        this.report({ kind: "aligning", role, aligner: "mafft", fraction: null });
        const texts = drawn.samples.map(({ text }) => text);
        drawn.mafft = packAlignment(await alignByMafft(program, texts, signal));
      }
      if (drawn.mafft === null) continue;
      await this.analyseRole(role, "mafft", { ...drawn, alignment: drawn.mafft }, signal);
    }
  }

  /** Finds the anchors of one model again, in every alignment that there is. */
  private async findAllAnchors(role: Role): Promise<void> {
    for (const found of [...this.findings.values()]) {
      if (found.role === role) await this.findAnchors(role, found.aligner, found.alignment);
    }
  }

  private async findAnchors(role: Role, aligner: Aligner, alignment: AlignmentView): Promise<void> {
    const found = await this.analyser.anchors(role, aligner, this.anchorOptions);
    if (!found) return;
    const scored = this.scored.get(role);
    const anchors = scored ? withBits(found, scored) : found;
    this.findings.set(`${aligner} ${role}`, { role, aligner, alignment, anchors });
    this.options.tell({ type: "anchors", role, aligner, anchors });
  }

  /** Counts n-grams in the base model's tokens, where there is a base model. */
  private async countTokens(signal: AbortSignal): Promise<void> {
    const { models } = this.options;
    const missing = ROLES.flatMap((role) => this.run[role] ?? []).filter(
      ({ ngrams }) => ngrams === null,
    );
    if (missing.length === 0 || signal.aborted || !models.roles().includes("base")) return;
    const { engine, loaded } = await models.load("base", undefined, signal);
    checkSameModel(this.run.base?.model ?? null, loaded.facts);
    for (const drawn of missing) {
      drawn.ngrams = await countNgrams(engine, loaded, drawn.samples, signal);
    }
  }

  /** Scores each model's samples under the other one, for the bits of their anchors. */
  private async scoreAcross(signal: AbortSignal): Promise<void> {
    const { models } = this.options;
    for (const under of models.roles()) {
      const model = await models.load(under, undefined, signal);
      checkSameModel(this.run[under]?.model ?? null, model.loaded.facts);
      const prefix = await this.prefix(under, model, signal);
      for (const role of ROLES) {
        const drawn = this.run[role];
        const missing = drawn ? unscored(drawn.samples, role, under) : [];
        if (!drawn || missing.length === 0) continue;
        const onProgress = (fraction: number) => this.report({ kind: "scoring", role, fraction });
        const { engine, loaded } = model;
        try {
          await scoreSamples(engine, loaded, under, prefix, missing, onProgress, signal);
        } finally {
          this.scored.set(role, scoredSamples(drawn.samples, role));
          if (under === role) this.tellSamples(role);
          await this.findAllAnchors(role);
        }
      }
    }
  }

  /** The prompt as the model gets it now. @throws OtherRunError where it got another one for its own samples */
  private async prefix(
    role: Role,
    { engine, loaded }: Model,
    signal: AbortSignal,
  ): Promise<Int32Array> {
    const request = {
      engine,
      role,
      model: loaded,
      prompt: this.run.prompt,
      settings: this.drawSettings(),
      signal,
    };
    const prefix = await engine.tokenizePrompt(loaded.id, await promptParts(request), signal);
    const drawn = this.run[role];
    if (drawn?.model) checkSamePrompt(drawn.prompt, textOfPieces(loaded.vocabulary, prefix));
    return prefix;
  }

  private report(progress: RunProgress): void {
    this.progress = progress;
    this.options.tell({ type: "progress", progress });
  }

  private saveAfterWork(): void {
    this.working = this.working.then(() => this.saver.save());
  }

  private async write(): Promise<void> {
    for (const { role, aligner, alignment, anchors } of this.findings.values()) {
      const drawn = this.run[role];
      if (!drawn || aligner === "mafft") continue;
      Object.assign(drawn, storedAnalysis(alignment, anchors));
    }
    try {
      await this.options.save(this.run);
    } catch (error) {
      const message = `The run could not be saved: ${messageOf(error)}`;
      this.options.tell({ type: "error", message });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
