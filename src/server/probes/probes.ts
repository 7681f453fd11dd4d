import type { ModelDigests } from "../../engine/modelFiles";
import { forgetProbe, listProbes } from "../../jobs/inside/keptProbes";
import { trainProbe } from "../../jobs/inside/trainProbe";
import type { ProbeProgress, TrainedProbe, TrainProbeParams } from "../../protocol/probes";
import { ROLE_NAMES } from "../../protocol/roles";
import { failure } from "../connection/responses";
import type { Jobs } from "../jobs/jobs";
import type { Models } from "../models/models";
import { documentsOf, namesOf } from "./probeTexts";

export interface ProbesOptions {
  /** Where they are kept; null: nowhere. */
  readonly folder: () => string | null;
  readonly models: Models;
  readonly digests: ModelDigests;
  readonly jobs: Jobs;
  readonly tell: (progress: ProbeProgress) => void;
  /** Of files that were left out. */
  readonly log: (message: string) => void;
}

/** Probes of the pair's models: one is trained at a time, one of each model is kept. */
export class Probes {
  private training: AbortController | null = null;

  constructor(private readonly options: ProbesOptions) {}

  /** @throws ResponseError where another one is being trained, EngineError and CorpusError as of `trainProbe` */
  async train(params: TrainProbeParams, signal: AbortSignal): Promise<TrainedProbe> {
    if (this.training) {
      throw failure("A probe is being trained. Wait for it, or cancel it in the list of jobs.");
    }
    const current = (this.training = new AbortController());
    try {
      const ended = AbortSignal.any([signal, current.signal]);
      return await this.options.models.use(() => this.trainListed(params, ended));
    } finally {
      this.training = null;
    }
  }

  cancel(): void {
    this.training?.abort();
  }

  async list(): Promise<readonly TrainedProbe[]> {
    const folder = this.options.folder();
    return folder === null ? [] : (await listProbes(folder)).map(({ probe }) => probe);
  }

  async forget(id: string): Promise<void> {
    const folder = this.options.folder();
    if (folder !== null) await forgetProbe(folder, id);
  }

  private async trainListed(params: TrainProbeParams, signal: AbortSignal): Promise<TrainedProbe> {
    const { models, digests, jobs, tell, log } = this.options;
    const { role, texts, ownText } = params;
    const folder = this.options.folder();
    if (folder === null) throw failure("There is no folder in which a probe could be kept.");
    const title = `Probe of the ${ROLE_NAMES[role]} Model`;
    const listed = jobs.addProbe({ title, what: "Starting" });
    const onProgress = (what: string, fraction: number | null) => {
      listed.move({ what, fraction });
      tell({ what, fraction });
    };
    try {
      const loading = (fraction: number) => onProgress("Loading the model", fraction);
      const { engine, loaded: model } = await models.load(role, loading, signal);
      const sha256 = await digests.of(model.facts);
      const { probe } = await trainProbe({
        engine,
        model,
        identity: { ...model.facts.identity, sha256 },
        documents: documentsOf(texts, log, signal),
        ownText,
        trainedOn: namesOf(texts),
        folder,
        onProgress,
        signal,
      });
      return probe;
    } finally {
      listed.end();
    }
  }
}
