import type { Role } from "../../protocol/roles";
import type { RunPrompt } from "../../protocol/runPrompt";
import type { Engine, LoadedModel } from "../../engine/engine";
import type { ModelDigests } from "../../engine/modelFiles";
import { modelSource, type Run } from "../../formats/run";
import type { DrawSettings } from "./settings";

/** What a job on runs has of its surroundings. */
export interface RunJob {
  readonly models: RunModels;
  readonly digests: ModelDigests;
  /** Samples wanted of each model; null: as many as a run's settings say. */
  readonly samples: number | null;
  /** Sequences decoded together; null: as many as memory allows. */
  readonly width: number | null;
  /** How the user wants samples drawn, asked when drawing or scoring begins. */
  readonly drawing: () => Drawing;
  readonly signal: AbortSignal;
}

/** The pair that draws and scores. */
export interface RunModels {
  /** The models that the pair has, in the order in which they draw. */
  roles(): readonly Role[];
  load(
    role: Role,
    onProgress?: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<ModelInUse>;
}

/** A model in the engine that holds it. */
export interface ModelInUse {
  readonly engine: Engine;
  readonly loaded: LoadedModel;
}

/** The settings that a run takes from the user when it is begun; the others stand in it from the start. */
export type Drawing = Pick<DrawSettings, "chat" | "baseFrame" | "samplers">;

/** @param frame that of the settings, for a run that was begun with none */
export function promptOfRun(run: Run, frame: string): RunPrompt {
  return {
    text: run.prompt,
    frame: modelSource(run.base)?.frame ?? frame,
    clock: Date.parse(run.created) || Date.now(),
  };
}

/** How a run's samples are drawn: one that goes on is drawn as it was begun. */
export function drawSettings(
  run: Run,
  job: Pick<RunJob, "samples" | "width" | "drawing">,
): DrawSettings {
  const { seed, maxTokens } = run.settings;
  const drawing = job.drawing();
  const { frame, clock } = promptOfRun(run, drawing.baseFrame);
  const [base, rlhf] = [modelSource(run.base), modelSource(run.rlhf)];
  return {
    samples: job.samples ?? run.settings.samples,
    seed,
    width: job.width,
    maxTokens: maxTokens ?? 1,
    chat: drawing.chat,
    clock,
    baseFrame: frame,
    samplers: {
      base: base?.sampler ?? drawing.samplers.base,
      rlhf: rlhf?.sampler ?? drawing.samplers.rlhf,
    },
  };
}
