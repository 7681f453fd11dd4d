import { existsSync } from "node:fs";
import { durationWords } from "../../analysis/presentation/duration";
import type { Engine, LoadedModel } from "../../engine/engine";
import { Engines } from "../../engine/local/engines";
import { modelDigest } from "../../engine/modelFiles";
import { adapt as adaptModel, type Adaptation } from "../../jobs/adaptation/adapt";
import { mayGoOn } from "../../jobs/adaptation/mayGoOn";
import { type AdaptationPlan, planAdaptation } from "../../jobs/adaptation/planAdaptation";
import { trainingProgress } from "../../jobs/adaptation/trainingProgress";
import { readTexts } from "../../jobs/corpora/readTexts";
import type { AdaptOptions } from "../arguments/adaptArguments";
import { ExitCode } from "../exit";
import { toAdaptJson, toAdaptTable } from "../output/adapt";
import { Problems } from "../output/problems";
import { createProgress, type Progress } from "../output/progress";
import { adaptFiles } from "./adaptFiles";
import type { EngineSurroundings } from "./surroundings";

/**
 * Adapts a model to texts, and writes what that has gained.
 * @param path of the model
 * @returns the exit code
 */
export async function adapt(
  options: AdaptOptions,
  path: string,
  surroundings: EngineSurroundings,
): Promise<number> {
  const { messages, engineScript, gpuFolder, print, signal } = surroundings;
  const checkpoint = await adaptFiles(options, path);
  const progress = createProgress(messages);
  const problems = new Problems(messages, progress);
  const engines = new Engines({ script: engineScript, gpuFolder });
  const job = { options, engine: engines.current(), checkpoint, progress, problems, signal };
  try {
    const model = await load(job, path);
    const found = await train(job, model, await plan(job, model));
    progress.clear();
    await print(
      options.format === "json"
        ? toAdaptJson(model, found, options)
        : toAdaptTable(model, found, options),
    );
    if (found.chosenStep > 0) return ExitCode.Success;
    problems.warn(
      `No step was better than none on held-out texts: ${options.out} was not written. Try a smaller --learning-rate, other --steps, or more texts.`,
    );
    return ExitCode.Failure;
  } finally {
    progress.clear();
    engines.dispose();
  }
}

interface AdaptJob {
  readonly options: AdaptOptions;
  readonly engine: Engine;
  readonly checkpoint: string;
  readonly progress: Progress;
  readonly problems: Problems;
  readonly signal: AbortSignal;
}

function load({ options, engine, progress, signal }: AdaptJob, path: string): Promise<LoadedModel> {
  const { gpu, threads } = options;
  return engine.load(path, {
    ...{ gpu, threads, window: 0, batch: 0, windowMemoryBytes: 0 },
    onProgress: (fraction) => progress.show(`Loading ${path}`, fraction),
    signal,
  });
}

function plan(job: AdaptJob, model: LoadedModel): Promise<AdaptationPlan> {
  const { options, engine, progress, problems, signal } = job;
  const { texts, column, lines, encoding, settings } = options;
  const warn = (warning: string) => problems.warn(warning);
  return planAdaptation({
    engine,
    model,
    documents: readTexts(texts, { column, lines, encoding }, warn, signal),
    settings,
    listener: {
      onRead: (fraction) => progress.show("Reading", fraction),
      onFault: (document, fault) => warn(`${document}: ${fault.message}`),
    },
    signal,
  });
}

async function train(
  job: AdaptJob,
  model: LoadedModel,
  planned: AdaptationPlan,
): Promise<Adaptation> {
  const { options, engine, checkpoint, progress, problems, signal } = job;
  const { settings, out } = options;
  progress.show("Reading the model's file", 0);
  const modelSha256 = await modelDigest(model.facts);
  try {
    return await adaptModel({
      engine,
      model,
      settings,
      plan: planned,
      files: { out, checkpoint, modelSha256 },
      onEvent: trainingProgress(planned, ({ what, fraction, secondsLeft }) => {
        const left = secondsLeft === null ? "" : `, ${durationWords(secondsLeft)} left`;
        progress.show(`${what}${left}`, fraction ?? 0);
      }),
      signal,
    });
  } catch (error) {
    if (mayGoOn(error) && existsSync(checkpoint)) {
      problems.warn(
        `Training is kept in ${checkpoint}: the same command goes on with it, with --resume.`,
      );
    }
    throw error;
  }
}
