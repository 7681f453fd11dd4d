/** What the editor says of builds for GPUs. */
import { durationWords } from "../../analysis/presentation/duration";
import { formatBytes } from "../../analysis/presentation/format";
import { idleBuildText, uselessBuildText } from "../../analysis/presentation/gpuText";
import {
  GPU_NAMES,
  type GpuBuildFacts,
  type GpuBuildProgress,
  type GpuBuilds,
} from "../../protocol/gpuBuilds";

/** One line about a build, and one about what it needs. */
export function buildText(
  { kind, state, bytes, unpackedBytes, needs, lacks }: GpuBuildFacts,
  licence: string,
): { label: string; description: string; detail: string } {
  const sizes = `${formatBytes(bytes)} to fetch, ${formatBytes(unpackedBytes)} on disk · ${licence}`;
  const descriptions = {
    added: `added · ${formatBytes(unpackedBytes)} on disk`,
    outdated: `of an earlier version, which is not used · ${sizes}`,
    absent: sizes,
  };
  return {
    label: GPU_NAMES[kind],
    description: descriptions[state],
    detail: lacks === null ? `Needs ${needs}: found` : `${lacks} Needs ${needs}`,
  };
}

/** What the list of builds says above them. */
export function choiceText({ device, builds }: GpuBuilds): string {
  const now = `In use: ${deviceName(device)}`;
  const fits = builds.some(({ lacks }) => lacks === null);
  return fits ? now : `${now}. No GPU driver was found here that a build could use`;
}

/** Before a build is fetched. */
export function questionText(
  { kind, bytes, lacks }: GpuBuildFacts,
  { licence, registry }: GpuBuilds,
): string {
  const what = `llama.cpp's ${GPU_NAMES[kind]} build (${formatBytes(bytes)}, licence ${licence}) from ${registry}`;
  if (lacks === null) return `Fetch ${what}? It is checked, and used from then on.`;
  return `${uselessBuildText(lacks)} Fetch ${what} nevertheless?`;
}

/** After one was added. @param isOff whether the user has turned GPUs off */
export function addedText(
  { kind, lacks }: GpuBuildFacts,
  { device }: GpuBuilds,
  isOff: boolean,
): string {
  if (device === "CPU") return idleBuildText(`The ${GPU_NAMES[kind]} build`, lacks);
  if (isOff) return `${device} is there, but not used: the setting twinlens.gpu is "off".`;
  return `${device} computes from now on. Scores that are shown already were made by what they name as their device.`;
}

export function removedText({ device }: GpuBuilds): string {
  return `The GPU builds were removed. In use: ${deviceName(device)}.`;
}

export function progressText(progress: GpuBuildProgress): string {
  const { step, bytes, total, secondsLeft, message } = progress;
  switch (step) {
    case "fetching": {
      const left = secondsLeft === null ? "" : `, ${durationWords(secondsLeft)} left`;
      return `${formatBytes(bytes)} of ${formatBytes(total)}${left}`;
    }
    case "waiting":
      return message ?? "Waiting";
    case "verifying":
      return "Checking";
    case "unpacking":
      return "Unpacking";
  }
}

function deviceName(device: string): string {
  return device === "CPU" ? "the processor" : device;
}
