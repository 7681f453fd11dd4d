import { basename, dirname } from "node:path";
import type { Engine, LoadedModel } from "../../engine/engine";
import { EngineError, isCancelled } from "../../engine/errors";
import type { ModelDigests } from "../../engine/modelFiles";
import { adapt, type Adaptation } from "../../jobs/adaptation/adapt";
import { mayGoOn } from "../../jobs/adaptation/mayGoOn";
import {
  checkpointOf,
  discardTraining,
  isTrainingKept,
  lookAtOut,
  type OutProblem,
} from "../../jobs/adaptation/outFiles";
import { leftOutWords, planAdaptation } from "../../jobs/adaptation/planAdaptation";
import { DEFAULT_SETTINGS } from "../../jobs/adaptation/settings";
import { trainingProgress } from "../../jobs/adaptation/trainingProgress";
import { readTexts } from "../../jobs/corpora/readTexts";
import type { AdaptationProgress, AdaptedModel, AdaptParams } from "../../protocol/adaptation";
import type { Configuration } from "../../protocol/configuration";
import { failure } from "../connection/responses";
import type { Jobs } from "../jobs/jobs";
import type { Models } from "../models/models";

export interface AdaptationsOptions {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly digests: ModelDigests;
  readonly jobs: Jobs;
  readonly tell: (progress: AdaptationProgress) => void;
  /** Of texts that were left out. */
  readonly log: (message: string) => void;
}

/** Adapts models to texts, one at a time, in the engine of the pair: between two windows all else has its turn. */
export class Adaptations {
  private current: { readonly controller: AbortController; readonly ended: Promise<void> } | null =
    null;

  constructor(private readonly options: AdaptationsOptions) {}

  /**
   * @throws ResponseError where a model is being adapted, EngineError and CorpusError as of `planAdaptation` and `adapt`; once it is
   * `Cancelled`, what can be gone on with is written
   */
  async adapt(params: AdaptParams, signal: AbortSignal): Promise<AdaptedModel> {
    if (this.current) {
      throw failure("A model is being adapted. Wait for it, or cancel it in the list of jobs.");
    }
    const controller = new AbortController();
    const ended = AbortSignal.any([signal, controller.signal]);
    const work = this.adaptListed(params, ended);
    const over = () => void (this.current = null);
    this.current = { controller, ended: work.then(over, over) };
    return work;
  }

  cancel(): void {
    this.current?.controller.abort();
  }

  /** Cancels, and waits until what can be gone on with is written. */
  async close(): Promise<void> {
    this.cancel();
    await this.current?.ended;
  }

  private async adaptListed(params: AdaptParams, signal: AbortSignal): Promise<AdaptedModel> {
    const { jobs, models, tell } = this.options;
    const listed = jobs.addAdaptation({ title: `Adapting ${basename(params.model)}` });
    const onProgress = (progress: AdaptationProgress) => {
      listed.move(progress);
      tell(progress);
    };
    try {
      return await models.lend((engine) => this.adaptIn(engine, params, onProgress, signal));
    } catch (error) {
      throw await withWayOn(error, params.out);
    } finally {
      listed.end();
    }
  }

  private async adaptIn(
    engine: Engine,
    params: AdaptParams,
    onProgress: (progress: AdaptationProgress) => void,
    signal: AbortSignal,
  ): Promise<AdaptedModel> {
    const { digests } = this.options;
    await checkOut(params);
    const at = (what: string) => (fraction: number) =>
      onProgress({ what, fraction, secondsLeft: null });
    const { gpu } = this.options.configuration().settings;
    const model = await engine.load(params.model, {
      ...{ gpu, window: 0, batch: 0, windowMemoryBytes: 0 },
      onProgress: at("Loading the model"),
      signal,
    });
    try {
      const settings = { ...DEFAULT_SETTINGS, steps: params.steps };
      const plan = await this.plan(engine, model, params, at("Reading the texts"), signal);
      at("Reading the model's file")(0);
      const modelSha256 = await digests.of(model.facts);
      if (!params.goOn) await discardTraining(params.out);
      const files = { out: params.out, checkpoint: checkpointOf(params.out), modelSha256 };
      const onEvent = trainingProgress(plan, onProgress);
      const found = await adapt({ engine, model, settings, plan, files, onEvent, signal });
      return toAdapted(model, found, params);
    } finally {
      // With an engine that has crashed, all is free.
      await engine.unload(model.id).catch(() => undefined);
    }
  }

  private plan(
    engine: Engine,
    model: LoadedModel,
    { texts, lines, steps }: AdaptParams,
    onRead: (fraction: number) => void,
    signal: AbortSignal,
  ) {
    const { log } = this.options;
    return planAdaptation({
      engine,
      model,
      documents: readTexts(texts, { lines }, log, signal),
      settings: { ...DEFAULT_SETTINGS, steps },
      listener: {
        onRead,
        onFault: (document, fault) => log(`${document}: ${fault.message}`),
      },
      signal,
    });
  }
}

function toAdapted(
  { facts }: LoadedModel,
  { chosenStep, texts, report }: Adaptation,
  { steps }: AdaptParams,
): AdaptedModel {
  const { documents, tokens } = texts.train;
  const leftOut = leftOutWords(texts.leftOut);
  return { model: facts.name, chosenStep, steps, trained: { documents, tokens }, leftOut, report };
}

/** @throws EngineError `FileUnreadable` */
async function checkOut({ out, model }: AdaptParams): Promise<void> {
  const { problem } = await lookAtOut(out, model);
  if (problem !== null) throw new EngineError("FileUnreadable", PROBLEMS[problem](out));
}

const PROBLEMS: Readonly<Record<OutProblem, (out: string) => string>> = {
  noFolder: (out) => `There is no folder ${dirname(out)}: save the adapter elsewhere.`,
  isInFile: (out) => `${dirname(out)} is no folder: save the adapter elsewhere.`,
  isLocked: (out) => `${dirname(out)} can't be written into: save the adapter elsewhere.`,
  isNoFile: (out) => `${out} is no file: save the adapter elsewhere.`,
  isOther: (out) =>
    `${out} is there already, and no adapter: it stays as it is. Save the adapter elsewhere.`,
  isModel: (out) => `${out} is the model that is adapted: save the adapter elsewhere.`,
};

/** The error with what can be done, where the training can be gone on with. */
async function withWayOn(error: unknown, out: string): Promise<unknown> {
  if (!mayGoOn(error) || isCancelled(error) || !(await isTrainingKept(out))) return error;
  const way = "What was trained until then is kept: adapt the model to the same texts to go on.";
  return new EngineError(error.code, `${error.message} ${way}`);
}
