import type { Engine } from "../../engine/engine";
import { cancelled } from "../../engine/errors";
import { addBuild } from "../../jobs/models/gpu/addBuild";
import { removeBuilds } from "../../jobs/models/gpu/addedBuilds";
import { type BuildPlaces, describeBuilds, offersHere } from "../../jobs/models/gpu/describeBuilds";
import { GpuBuildError } from "../../jobs/models/gpu/gpuBuildError";
import type { Downloader } from "../../jobs/models/transfer/transfer";
import type {
  GpuBuildProgress,
  GpuBuilds as GpuBuildsState,
  GpuKind,
} from "../../protocol/gpuBuilds";

export interface GpuBuildsOptions {
  /** null: nothing is kept. */
  readonly places: () => BuildPlaces | null;
  /** Ends the engine of the pair, once a training there has kept what it has. */
  readonly endEngine: () => Promise<void>;
  readonly startEngine: () => Engine;
  readonly downloader: Downloader;
  readonly tell: (progress: GpuBuildProgress) => void;
}

/** llama.cpp's builds for GPUs: what there is, and what the user adds or removes. */
export class GpuBuilds {
  constructor(private readonly options: GpuBuildsOptions) {}

  async state(signal: AbortSignal): Promise<GpuBuildsState> {
    const places = this.places();
    return describeBuilds(places, await this.device(signal));
  }

  /** @throws GpuBuildError, DownloadError, or EngineError `Cancelled` */
  async add(kind: GpuKind, signal: AbortSignal): Promise<GpuBuildsState> {
    const { downloader, tell: onProgress, endEngine } = this.options;
    const places = this.places();
    const offer = offersHere().find(({ build }) => build.kind === kind);
    if (!offer) throw new GpuBuildError(`There is no such GPU build for this platform: ${kind}.`);
    try {
      await addBuild(offer.build, { ...places, downloader, onProgress, signal });
    } catch (error) {
      if (signal.aborted) throw cancelled();
      throw error;
    }
    await endEngine();
    return this.state(signal);
  }

  async remove(signal: AbortSignal): Promise<GpuBuildsState> {
    // Windows deletes no library that the engine has opened.
    await this.options.endEngine();
    await removeBuilds(this.places().folder);
    return this.state(signal);
  }

  private places(): BuildPlaces {
    const places = this.options.places();
    if (places !== null) return places;
    throw new GpuBuildError("There is no folder to keep GPU builds in.");
  }

  /** What an engine that begins now computes on. */
  private async device(signal: AbortSignal): Promise<string> {
    const engine = this.options.startEngine();
    try {
      return await engine.device("auto", signal);
    } finally {
      engine.dispose();
    }
  }
}
