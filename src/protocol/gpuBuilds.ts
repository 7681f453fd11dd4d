/** Messages about llama.cpp's builds for GPUs, which the user adds. */
import { event, request } from "./channel";

export const GpuBuildRequest = {
  /** What there is for this machine, and what computes; nothing is asked of the network for it. */
  state: request<null, GpuBuilds>("twinlens/gpuBuilds"),
  /**
   * Fetches a build, frees the models, and answers what computes them from then on. Where it is cancelled, what was fetched
   * stays for the next attempt.
   */
  add: request<AddGpuBuildParams, GpuBuilds>("twinlens/addGpuBuild"),
  /** Frees the models, and deletes all builds that were added. */
  remove: request<null, GpuBuilds>("twinlens/removeGpuBuilds"),
};

export const GpuBuildEvent = {
  progress: event<GpuBuildProgress>("twinlens/gpuBuildProgress"),
};

export type GpuKind = "cuda" | "vulkan";

export const GPU_NAMES: Readonly<Record<GpuKind, string>> = { cuda: "CUDA", vulkan: "Vulkan" };

export interface GpuBuilds {
  /** What models are computed on, unless the user has turned GPUs off: `CPU`, or the GPU's name. */
  readonly device: string;
  /** For this platform, the fastest first. */
  readonly builds: readonly GpuBuildFacts[];
  /** Why there is none for this platform; null: there are some. */
  readonly absence: string | null;
  /** Of llama.cpp and its builds. */
  readonly licence: string;
  /** Where they are fetched from: a registry's host. */
  readonly registry: string;
  /** Where they lie. */
  readonly folder: string;
}

export interface GpuBuildFacts {
  readonly kind: GpuKind;
  /** Of another version of llama.cpp: it is not used. */
  readonly state: "absent" | "outdated" | "added";
  /** What is still to be fetched. */
  readonly bytes: number;
  /** On disk, all of it. */
  readonly unpackedBytes: number;
  /** On the machine, in words. */
  readonly needs: string;
  /** What of that was not found, in a sentence; null: nothing. */
  readonly lacks: string | null;
}

interface AddGpuBuildParams {
  readonly kind: GpuKind;
}

export interface GpuBuildProgress {
  readonly step: "fetching" | "verifying" | "waiting" | "unpacking";
  /** Of all that is fetched. */
  readonly bytes: number;
  readonly total: number;
  readonly secondsLeft: number | null;
  /** Why it waits, and for how long. */
  readonly message: string | null;
}
