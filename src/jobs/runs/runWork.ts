import type { Role } from "../../protocol/roles";
import type { Aligner, AlignmentView, AnchorsView, RunProgress } from "../../protocol/anchorViews";
import type { AnchorOptions } from "../../protocol/anchorOptions";
import type { ToAnchors } from "../../protocol/panels";
import { CHANCE_SEED } from "../../analysis/samples/chance";
import type { Run, RunSample, RunSide } from "../../formats/run";
import { toChanceView } from "../../report/chanceView";
import { type AlignableRun, storedAnalysis } from "./analysis";
import { type ScoredSamples, scoredSamples, withBits } from "./bits";
import { createSaver, type Saver } from "./saver";
import type { RunAnalyser } from "./workerClient";

/** What was found in one model's samples, as one program aligns them. */
export interface Findings {
  readonly role: Role;
  readonly aligner: Aligner;
  readonly alignment: AlignmentView;
  readonly anchors: AnchorsView;
}

/** What the steps of the work say of themselves, to a panel or a terminal. */
export type RunEvent =
  /** Drawing under a model begins; what was found in its earlier samples no longer holds. */
  | { readonly type: "begun"; readonly role: Role }
  /** One more sample, at the given place. */
  | {
      readonly type: "sample";
      readonly role: Role;
      readonly place: number;
      readonly sample: RunSample;
    }
  /** All samples, in another order than they came in or with new scores. */
  | { readonly type: "samples"; readonly role: Role; readonly samples: readonly RunSample[] }
  /** Looking for what overlap is by chance, `fraction` is 0 .. 1; work in the background, which is no step of a job. */
  | { readonly type: "drawingChance"; readonly role: Role; readonly fraction: number }
  /** What a panel is told word for word. */
  | Extract<ToAnchors, { readonly type: "alignment" | "anchors" | "chance" | "progress" }>;

export interface RunWorkOptions {
  readonly analyser: RunAnalyser;
  readonly anchors: AnchorOptions;
  readonly tell: (event: RunEvent) => void;
  /** Keeps the run; where it rejects, the step that is under way ends with the same error. */
  readonly save: (run: Run) => Promise<void>;
}

/** A run that is being worked on: what its file does not hold, and how to save it and tell of it. */
export class RunWork {
  readonly saver: Saver;
  readonly tell: RunWorkOptions["tell"];
  private readonly analyser: RunAnalyser;
  private readonly found = new Map<`${Aligner} ${Role}`, Findings>();
  private readonly scored = new Map<Role, ScoredSamples>();
  private readonly unsaved = new AbortController();
  private anchorOptions: AnchorOptions;

  constructor(
    readonly run: Run,
    { analyser, anchors, tell, save }: RunWorkOptions,
  ) {
    this.analyser = analyser;
    this.anchorOptions = anchors;
    this.tell = tell;
    this.saver = createSaver(
      () => {
        this.storeFindings();
        return save(this.run);
      },
      (error) => this.unsaved.abort(error),
    );
  }

  get options(): AnchorOptions {
    return this.anchorOptions;
  }

  /** In the order in which they were found first. */
  get findings(): readonly Findings[] {
    return [...this.found.values()];
  }

  /** Raised, with the reason, when a save in the background has failed. */
  get saveFailure(): AbortSignal {
    return this.unsaved.signal;
  }

  report(progress: RunProgress): void {
    this.tell({ type: "progress", progress });
  }

  tellSamples(role: Role): void {
    const samples = this.run[role]?.samples;
    if (samples) this.tell({ type: "samples", role, samples });
  }

  /** Takes over the samples of a model as they are when drawing begins. */
  begin(role: Role, drawn: RunSide): void {
    this.run[role] = drawn;
    this.found.delete(`twinlens ${role}`);
    this.found.delete(`mafft ${role}`);
    this.tell({ type: "begun", role });
  }

  /** Aligns a model's samples, unless `drawn` has an alignment, and finds their anchors. False: cancelled. */
  async analyse(
    role: Role,
    aligner: Aligner,
    drawn: AlignableRun,
    signal: AbortSignal,
  ): Promise<boolean> {
    this.scored.set(role, scoredSamples(drawn.samples));
    const onProgress = (fraction: number) =>
      this.report({ kind: "aligning", role, aligner, fraction });
    const alignment = await this.analyser.analyse(role, aligner, drawn, onProgress, signal);
    if (alignment === null) return false;
    this.tell({ type: "alignment", role, aligner, alignment });
    await this.findAnchors(role, aligner, alignment);
    return true;
  }

  /**
   * Finds what overlap is by chance in a model's samples, unless the run has it. It goes beside everything else, and
   * what a cancel ends is dropped.
   */
  async findChance(role: Role, signal: AbortSignal): Promise<void> {
    const drawn = this.run[role];
    if (!drawn || drawn.chance || signal.aborted) return;
    const texts = drawn.samples.map(({ text }) => text);
    const draws = await this.analyser.chance(
      { kind: "sentences", texts },
      (fraction) => this.tell({ type: "drawingChance", role, fraction }),
      signal,
    );
    if (draws === null || signal.aborted) return;
    drawn.chance = { kind: "sentences", seed: CHANCE_SEED, ...draws };
    this.saver.changed();
    this.tellChance(role);
  }

  tellChance(role: Role): void {
    const chance = this.run[role]?.chance;
    if (chance) this.tell({ type: "chance", role, chance: toChanceView(chance) });
  }

  /** Finds the anchors of all alignments anew. */
  async setOptions(options: AnchorOptions): Promise<void> {
    this.anchorOptions = options;
    for (const { role, aligner, alignment } of this.findings) {
      await this.findAnchors(role, aligner, alignment);
    }
  }

  /** Puts a model's samples' scores, of which there are more now, into the bits of their anchors. */
  refreshBits(role: Role): void {
    const drawn = this.run[role];
    if (!drawn) return;
    this.scored.set(role, scoredSamples(drawn.samples));
    for (const found of this.findings) if (found.role === role) this.keep(found);
  }

  private async findAnchors(role: Role, aligner: Aligner, alignment: AlignmentView): Promise<void> {
    const anchors = await this.analyser.anchors(role, aligner, this.anchorOptions);
    if (anchors) this.keep({ role, aligner, alignment, anchors });
  }

  private keep({ role, aligner, alignment, anchors: bare }: Findings): void {
    const scored = this.scored.get(role);
    const anchors = scored ? withBits(bare, scored) : bare;
    this.found.set(`${aligner} ${role}`, { role, aligner, alignment, anchors });
    this.saver.changed();
    this.tell({ type: "anchors", role, aligner, anchors });
  }

  /** MAFFT's alignment stands in the run as soon as it is there; its anchors are found anew each time. */
  private storeFindings(): void {
    for (const { role, aligner, alignment, anchors } of this.findings) {
      const drawn = this.run[role];
      if (drawn && aligner === "twinlens") Object.assign(drawn, storedAnalysis(alignment, anchors));
    }
  }
}
