import { existsSync, renameSync, rmSync } from "node:fs";
import { EngineError, isCancelled, noDistribution } from "../../errors";
import {
  predictedIn,
  rowsOf,
  type TrainedWeights,
  type TrainingEvent,
  type TrainingMeasurement,
  type TrainingPiece,
  type TrainingWindow,
  type TrainRequest,
} from "../../training";
import type { Resident } from "../resident";
import { type Progress, readCheckpoint, requestDigest, writeCheckpoint } from "./checkpoint";
import { writing } from "./ggufFile";
import { namedTensors, writeResult } from "./results";
import { chooseThreads } from "./threads";
import type { Training } from "./training";

/**
 * Takes a request's steps, from its checkpoint on.
 * @throws EngineError `Diverged`, `CheckpointUnreadable`, `FileUnreadable`, `Cancelled`
 */
export async function descend(
  training: Training,
  resident: Resident,
  request: TrainRequest,
  onEvent: (event: TrainingEvent) => void,
  nextTurn: () => Promise<void>,
): Promise<TrainedWeights> {
  const descent = new Descent(training, resident, request, onEvent, nextTurn);
  await descent.run();
  return {
    step: descent.chosenStep,
    tokens: request.steps.reduce((sum, step) => sum + tokensOf(step), 0),
  };
}

class Descent {
  private readonly digest: string;
  private readonly progress: Progress;
  /** Whose weights are no longer the best. */
  private outdated: Progress["best"] = null;

  constructor(
    private readonly training: Training,
    private readonly resident: Resident,
    private readonly request: TrainRequest,
    private readonly onEvent: (event: TrainingEvent) => void,
    private readonly nextTurn: () => Promise<void>,
  ) {
    const { build, stamp, model } = resident;
    this.digest = requestDigest(request, stamp, model.adapter?.facts.sha256 ?? null);
    const kept = readCheckpoint(build.library, request.checkpoint, this.digest, this.state());
    this.progress = kept ?? { losses: [], measurements: [], best: null };
    const { best } = this.progress;
    if (best && !existsSync(bestFile(request, best.step))) {
      throw new EngineError(
        "CheckpointUnreadable",
        `The weights of step ${best.step}, ${bestFile(request, best.step)}, are gone, without which ${request.checkpoint} is of no use: delete it, and begin anew.`,
      );
    }
    this.tellPast();
  }

  get chosenStep(): number {
    return this.progress.best?.step ?? 0;
  }

  async run(): Promise<void> {
    const { steps } = this.request;
    const { losses } = this.progress;
    try {
      for (;;) {
        if (this.isMeasurementDue()) {
          if (this.areThreadsFree) await chooseThreads(this.training, steps[0]![0]!);
          await this.measure();
          this.keep();
        }
        if (losses.length === steps.length) return this.finish();
        await this.step(steps[losses.length]!);
      }
    } catch (error) {
      if (isCancelled(error)) this.keep();
      throw error;
    }
  }

  /** Nobody has said how many. */
  private get areThreadsFree(): boolean {
    return this.training.backend.isProcessor && this.resident.givenThreads === 0;
  }

  private isMeasurementDue(): boolean {
    const { steps, interval } = this.request;
    const { losses, measurements } = this.progress;
    const isDue = losses.length % interval === 0 || losses.length === steps.length;
    return isDue && measurements.at(-1)?.step !== losses.length;
  }

  private async step(windows: readonly TrainingWindow[]): Promise<void> {
    const { losses } = this.progress;
    const tokens = tokensOf(windows);
    let sum = 0;
    for (const window of windows) {
      await this.nextTurn();
      sum += await this.training.descend(window, tokens);
    }
    const step = losses.length + 1;
    const loss = sum / tokens;
    this.checkNumber(loss, step);
    await this.training.optimiser.step(step);
    losses.push(loss);
    this.onEvent({ kind: "step", step, loss, isPast: false });
  }

  private async measure(): Promise<void> {
    const { choose, report } = this.request;
    const { losses, measurements } = this.progress;
    const measured: TrainingMeasurement = {
      kind: "measured",
      step: losses.length,
      choose: await this.lossesOf(choose),
      report: await this.lossesOf(report),
    };
    for (const loss of [...measured.choose, ...measured.report]) {
      this.checkNumber(loss, losses.length);
    }
    this.writeIfBest(measured);
    measurements.push(measured);
    this.onEvent(measured);
  }

  private async lossesOf(pieces: readonly TrainingPiece[]): Promise<Float64Array> {
    const losses = new Float64Array(pieces.length);
    for (let start = 0; start < pieces.length;) {
      await this.nextTurn();
      const window = firstThatFit(pieces.slice(start), this.request.length);
      losses.set(await this.training.lossesOf({ pieces: window }), start);
      start += window.length;
    }
    return losses;
  }

  /** Without pieces that choose, the later step is the better one. */
  private writeIfBest({ step, choose }: TrainingMeasurement): void {
    const { best, measurements } = this.progress;
    if (step === 0) return;
    const sumOf = (losses: Float64Array) => losses.reduce((sum, loss) => sum + loss, 0);
    const loss = sumOf(choose);
    const least = best?.loss ?? sumOf(measurements[0]!.choose);
    if (choose.length > 0 && loss >= least) return;
    const { build, model } = this.resident;
    const { written } = this.training.trainable;
    const out = bestFile(this.request, step);
    writeResult(build.library, model, { ...this.request, out }, namedTensors(written));
    this.outdated = best;
    this.progress.best = { step, loss };
  }

  /** Gives what is best its name. */
  private finish(): void {
    const { best } = this.progress;
    const { out, checkpoint } = this.request;
    if (best) writing(out, () => renameSync(bestFile(this.request, best.step), out));
    rmSync(checkpoint, { force: true });
  }

  private keep(): void {
    const { checkpoint } = this.request;
    const { library } = this.resident.build;
    writeCheckpoint(library, checkpoint, this.digest, this.progress, this.state());
    // Until now a checkpoint has named it.
    if (this.outdated) rmSync(bestFile(this.request, this.outdated.step), { force: true });
    this.outdated = null;
  }

  /** All that changes from step to step. */
  private state() {
    const { trainable, optimiser } = this.training;
    return namedTensors(trainable.parameters).flatMap((parameter) => {
      const { name, bytes } = parameter;
      const { m, v } = optimiser.moments.get(name)!;
      return [
        parameter,
        { name: `${name}.m`, tensor: m, bytes },
        { name: `${name}.v`, tensor: v, bytes },
      ];
    });
  }

  private tellPast(): void {
    const { losses, measurements } = this.progress;
    const measured = new Map(measurements.map((measurement) => [measurement.step, measurement]));
    for (let step = 0; step <= losses.length; step++) {
      if (step > 0) this.onEvent({ kind: "step", step, loss: losses[step - 1]!, isPast: true });
      const measurement = measured.get(step);
      if (measurement) this.onEvent(measurement);
    }
  }

  private checkNumber(loss: number, step: number): void {
    if (Number.isFinite(loss)) return;
    if (step === 0) throw noDistribution(this.resident.model.name);
    // With a smaller rate it is another training.
    this.finish();
    throw new EngineError(
      "Diverged",
      `The loss is no number any more at step ${step}. What was written before stays; begin anew with a smaller learning rate.`,
    );
  }
}

/** Where the weights of a step wait for the last one: a checkpoint names them, whatever becomes of `out` meanwhile. */
function bestFile({ out }: TrainRequest, step: number): string {
  return `${out}.step-${step}`;
}

/** That windows predict. */
function tokensOf(windows: readonly TrainingWindow[]): number {
  return windows.reduce((sum, { pieces }) => sum + predictedIn(pieces), 0);
}

/** As many pieces as a window has room for, one at least. */
function firstThatFit(pieces: readonly TrainingPiece[], length: number): readonly TrainingPiece[] {
  let rows = 0;
  const end = pieces.findIndex((piece) => (rows += rowsOf([piece])) > length);
  return end < 0 ? pieces : pieces.slice(0, Math.max(1, end));
}
