import type { GpuBuildFacts, GpuBuilds } from "../../../protocol/gpuBuilds";
import { missingPackages } from "./addBuild";
import { buildState } from "./addedBuilds";
import { absenceOf, gpuBuilds, LICENCE, registryName } from "./builds";
import { lookForGpus, thisMachine } from "./machine";
import { type GpuOffer, gpuOffers } from "./offers";

/** Where builds come from and lie. */
export interface BuildPlaces {
  /** Of all GPU builds. */
  readonly folder: string;
  /** A registry's URL. */
  readonly registry: string;
}

/** GPU builds for this machine, what fits first. */
export function offersHere(): readonly GpuOffer[] {
  return gpuOffers(gpuBuilds(process.platform, process.arch), lookForGpus(thisMachine()));
}

/** @param device what computes now */
export async function describeBuilds(
  { folder, registry }: BuildPlaces,
  device: string,
): Promise<GpuBuilds> {
  const builds = await Promise.all(offersHere().map((offer) => factsOf(folder, offer)));
  const absence = builds.length > 0 ? null : absenceOf(process.platform, process.arch);
  return { device, builds, absence, licence: LICENCE, registry: registryName(registry), folder };
}

async function factsOf(folder: string, { build, needs, lacks }: GpuOffer): Promise<GpuBuildFacts> {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const missing = await missingPackages(folder, build);
  return {
    kind: build.kind,
    state: await buildState(folder, build),
    bytes: sum(missing.map(({ bytes }) => bytes)),
    unpackedBytes: sum(build.packages.map(({ unpackedBytes }) => unpackedBytes)),
    needs,
    lacks,
  };
}
