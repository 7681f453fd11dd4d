import type { GpuKind } from "../../../protocol/gpuBuilds";
import type { GpuBuild } from "./builds";
import type { GpuMachine } from "./machine";

/** A build that is offered. */
export interface GpuOffer {
  readonly build: GpuBuild;
  /** On the machine, in words. */
  readonly needs: string;
  /** What of that was not found, in a sentence; null: nothing. */
  readonly lacks: string | null;
}

/** Of each kind the one build that suits the machine best; what fits comes first, then the fastest. */
export function gpuOffers(builds: readonly GpuBuild[], machine: GpuMachine): readonly GpuOffer[] {
  const offers = builds.map((build) => ({
    build,
    needs: needsOf(build),
    lacks: lacks(build, machine),
  }));
  const sorted = offers.toSorted((a, b) => Number(a.lacks !== null) - Number(b.lacks !== null));
  const kinds = new Set<GpuKind>();
  return sorted.filter(({ build: { kind } }) => !kinds.has(kind) && kinds.add(kind));
}

function needsOf({ kind, cuda }: GpuBuild): string {
  switch (kind) {
    case "cuda":
      return `NVIDIA's driver and the libraries of CUDA ${cuda} (cudart, cublas)`;
    case "vulkan":
      return "a GPU's driver for Vulkan and its loader";
  }
}

function lacks({ kind, cuda }: GpuBuild, machine: GpuMachine): string | null {
  switch (kind) {
    case "cuda":
      if (!machine.hasNvidia) return "No NVIDIA driver was found.";
      return machine.cuda.includes(cuda!)
        ? null
        : "The libraries of CUDA 13 or 12 (cudart, cublas) were not found.";
    case "vulkan":
      if (!machine.hasVulkanDriver) return "No GPU driver for Vulkan was found.";
      return machine.hasVulkanLoader ? null : "Vulkan's loader was not found.";
  }
}
