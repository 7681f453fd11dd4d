import type { RunProgress } from "../../protocol/anchorViews";
import type { Role } from "../../protocol/roles";

/** A step of the work on a run: what is done with one model's samples. */
export interface RunStep {
  readonly kind: "sampling" | "aligning" | "scoring";
  readonly role: Role;
  /** Samples that the step has to deal with. */
  readonly samples: number;
}

/**
 * Seconds that a sample takes in a step of which nothing is measured yet, as a share of what drawing it takes. Measured
 * on the embedded pair with 100 samples of up to 200 tokens.
 */
const ASSUMED_SHARE = { aligning: 0.1, scoring: 0.7 } as const;

/** How long the whole work on a run takes from now on, from the pace of the steps so far. */
export class RunClock {
  /** Seconds per sample of the steps that have begun, by kind and role. */
  private readonly paces = new Map<string, number>();
  private place = -1;
  private since = 0;
  /** How far the step is: samples drawn, or the fraction aligned or scored. */
  private far = 0;
  /** Samples that were done when it was first heard of. */
  private before = 0;
  private stepLeft: number | null = null;

  /**
   * @param steps in the order in which they are taken
   * @param mostTokens of a sample
   * @param now ms; differences count only
   */
  constructor(
    private readonly steps: readonly RunStep[],
    private readonly mostTokens: number,
    private readonly now: () => number,
  ) {}

  follow(progress: RunProgress): void {
    if (progress.kind === "done" || progress.kind === "stopped") return;
    const { kind, role } = progress;
    const far = kind === "sampling" ? progress.done : (progress.fraction ?? 0);
    // The same samples under the other model are another step, which begins anew.
    const first = far < this.far ? this.place + 1 : this.place;
    const place = this.steps.findIndex(
      (step, i) => i >= first && step.kind === kind && step.role === role,
    );
    const step = this.steps[place];
    this.stepLeft = null;
    if (!step) return;
    const count = kind === "sampling" ? far : far * step.samples;
    if (place !== this.place) {
      this.place = place;
      this.since = this.now();
      this.before = count;
    }
    this.far = far;
    const seconds = (this.now() - this.since) / 1000;
    const done = count - this.before;
    const missing = step.samples - (kind === "sampling" ? done : count);
    const byPace = done > 0 ? (seconds / done) * missing : Infinity;
    const rate = kind === "sampling" ? progress.tokensPerSecond : null;
    // Samples that are drawn together end together: until then the tokens that they may have say how long they take.
    const byTokens = rate ? (step.samples * this.mostTokens) / rate - seconds : Infinity;
    const left = Math.max(0, Math.min(byPace, byTokens));
    if (left === Infinity) return;
    this.stepLeft = left;
    this.paces.set(`${kind} ${role}`, (seconds + left) / (done + missing));
  }

  /** null: nothing is measured yet. */
  get secondsLeft(): number | null {
    const later = this.steps.slice(this.place + 1).map((step) => this.secondsOf(step));
    const current = this.steps[this.place];
    const left = current ? (this.stepLeft ?? this.secondsOf(current)) : 0;
    const all = [left, ...later].reduce<number>((sum, seconds) => sum + (seconds ?? NaN), 0);
    return Number.isNaN(all) ? null : all;
  }

  private secondsOf({ kind, role, samples }: RunStep): number | null {
    const pace = this.paceOf(kind, role);
    return pace === null ? null : pace * samples;
  }

  private paceOf(kind: RunStep["kind"], role: Role): number | null {
    const other = role === "base" ? "rlhf" : "base";
    const own = this.paces.get(`${kind} ${role}`);
    const others = this.paces.get(`${kind} ${other}`);
    if (own !== undefined) return own;
    const drawing = this.paces.get(`sampling ${role}`);
    const othersDrawing = this.paces.get(`sampling ${other}`);
    if (kind === "sampling") return others ?? null;
    const known = drawing ?? othersDrawing;
    if (others === undefined) return known === undefined ? null : known * ASSUMED_SHARE[kind];
    // One model's samples may be longer than the other's.
    return drawing && othersDrawing ? (others / othersDrawing) * drawing : others;
  }
}
