/** Builds for GPUs, as the command line writes them. */
import { durationWords } from "../../analysis/presentation/duration";
import { formatBytes, visibleText } from "../../analysis/presentation/format";
import {
  GPU_NAMES,
  type GpuBuildFacts,
  type GpuBuildProgress,
  type GpuBuilds,
} from "../../protocol/gpuBuilds";
import { alignColumns } from "./columns";

/** What computes, and what there is. */
export function toGpuTable({ device, builds, absence, licence, folder }: GpuBuilds): string {
  const rows = builds.map((build) => [
    GPU_NAMES[build.kind],
    stateText(build),
    `${formatBytes(build.unpackedBytes)} on disk`,
    licence,
    build.lacks ?? "everything that it needs was found",
  ]);
  const lines = [
    `Device: ${visibleText(device)}`,
    `Folder: ${visibleText(folder)}`,
    ...(absence === null ? alignColumns(rows).map((line) => line.trimEnd()) : [absence]),
  ];
  return `${lines.join("\n")}\n`;
}

function stateText({ state, bytes }: GpuBuildFacts): string {
  const toFetch = `${formatBytes(bytes)} to fetch`;
  switch (state) {
    case "added":
      return "added";
    case "outdated":
      return `outdated, ${toFetch}`;
    case "absent":
      return toFetch;
  }
}

export function toProgressText({ step, bytes, total, secondsLeft, message }: GpuBuildProgress) {
  switch (step) {
    case "fetching": {
      const left = secondsLeft === null ? "" : `, ${durationWords(secondsLeft)} left`;
      return `${formatBytes(bytes)} of ${formatBytes(total)}${left}`;
    }
    case "waiting":
      return message ?? "waiting";
    case "verifying":
      return "checking";
    case "unpacking":
      return "unpacking";
  }
}
