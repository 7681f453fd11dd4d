/** Adapts a model to texts (docs/definitions.md, "Re-adaptation"; paper, §2.2). */
import type { Engine, LoadedModel } from "../../engine/engine";
import { isCancelled } from "../../engine/errors";
import type { TrainingEvent, TrainingMeasurement, TrainRequest } from "../../engine/training";
import { alone } from "./alone";
import {
  type BeforeAfter,
  compare,
  type CurvePoint,
  type DocumentLoss,
  lossesByDocument,
  pointOf,
} from "./findings";
import type { AdaptationPlan, AdaptationTexts } from "./planAdaptation";
import type { AdaptationSettings } from "./settings";

export interface AdaptationRequest {
  readonly engine: Engine;
  readonly model: LoadedModel;
  readonly settings: AdaptationSettings;
  /** Of the same settings. */
  readonly plan: AdaptationPlan;
  /** As in `TrainRequest`. */
  readonly files: Pick<TrainRequest, "out" | "checkpoint" | "modelSha256">;
  readonly onEvent: (event: TrainingEvent) => void;
  readonly signal: AbortSignal;
}

export interface Adaptation {
  /** Tokens that a window predicts, at most. */
  readonly window: number;
  readonly texts: AdaptationTexts;
  /** That training was to take, bytes. */
  readonly memoryBytes: number;
  /** Mean over the tokens that a step's windows predict, before it; nats, `[step - 1]`. */
  readonly trainLoss: readonly number[];
  /** By step, from 0. */
  readonly curve: readonly CurvePoint[];
  /** Which loses least on the part that chooses; 0: no step was better than none, and nothing was written. */
  readonly chosenStep: number;
  readonly report: BeforeAfter;
  /** Of the part that reports. */
  readonly byDocument: readonly DocumentLoss[];
  /** That all steps predict. */
  readonly tokens: number;
  /** That this call took, without what was done before an interruption. */
  readonly seconds: number;
}

/**
 * Trains, measures, and leaves the chosen step's weights in a file; goes on with a checkpoint that lies there.
 * @throws EngineError as of `Engine.train`; where it is `Cancelled`, a last checkpoint is written by then, and the model is unloaded
 */
export async function adapt(request: AdaptationRequest): Promise<Adaptation> {
  const { engine, model, plan, signal, onEvent } = request;
  const heard = new Heard();
  const start = performance.now();
  try {
    const onTraining = (event: TrainingEvent) => {
      heard.add(event);
      onEvent(event);
    };
    const { step, tokens } = await alone(request.files.out, () =>
      engine.train(toTrainRequest(request), onTraining, signal),
    );
    const { measured, trainLoss, memoryBytes } = heard;
    const seconds = (performance.now() - start) / 1000;
    return {
      window: plan.length,
      texts: plan.texts,
      memoryBytes,
      trainLoss,
      curve: measured.map((measurement) => pointOf(measurement, plan)),
      chosenStep: step,
      report: compare(heard.measuredAfter(0), heard.measuredAfter(step), plan),
      byDocument: lossesByDocument(heard.measuredAfter(0), heard.measuredAfter(step), plan),
      tokens,
      seconds,
    };
  } catch (error) {
    // Unloading waits for what was cancelled, which still writes its checkpoint.
    if (isCancelled(error)) await engine.unload(model.id).catch(() => undefined);
    throw error;
  }
}

function toTrainRequest({ model, settings, plan, files }: AdaptationRequest): TrainRequest {
  const { weights, learningRate, weightDecay, seed } = settings;
  return {
    model: model.id,
    weights,
    learningRate,
    weightDecay,
    seed,
    interval: plan.interval,
    length: plan.length,
    steps: plan.steps,
    choose: plan.choose.pieces,
    report: plan.report.pieces,
    ...files,
  };
}

/** What the engine has said so far. */
class Heard {
  memoryBytes = NaN;
  readonly trainLoss: number[] = [];
  readonly measured: TrainingMeasurement[] = [];

  add(event: TrainingEvent): void {
    switch (event.kind) {
      case "memory":
        this.memoryBytes = event.bytes;
        return;
      case "step":
        this.trainLoss[event.step - 1] = event.loss;
        return;
      case "measured":
        this.measured.push(event);
        return;
      default:
        event satisfies never;
    }
  }

  /** Of the model as it was, and of each step that can be chosen, there is one. */
  measuredAfter(step: number): TrainingMeasurement {
    return this.measured.find((measurement) => measurement.step === step)!;
  }
}
