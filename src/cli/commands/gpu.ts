import type { Writable } from "node:stream";
import { formatBytes } from "../../analysis/presentation/format";
import { idleBuildText, uselessBuildText } from "../../analysis/presentation/gpuText";
import { cancelled } from "../../engine/errors";
import { startEngine } from "../../engine/local/client";
import { addBuild, missingPackages } from "../../jobs/models/gpu/addBuild";
import { removeBuilds } from "../../jobs/models/gpu/addedBuilds";
import { absenceOf, LICENCE, registryName } from "../../jobs/models/gpu/builds";
import { type BuildPlaces, describeBuilds, offersHere } from "../../jobs/models/gpu/describeBuilds";
import { GpuBuildError } from "../../jobs/models/gpu/gpuBuildError";
import type { GpuOffer } from "../../jobs/models/gpu/offers";
import { createDownloader } from "../../jobs/models/transfer/downloader";
import { DownloadError } from "../../jobs/models/transfer/downloadError";
import { GPU_NAMES, type GpuBuilds } from "../../protocol/gpuBuilds";
import type { GpuOptions } from "../arguments/gpuArguments";
import { ExitCode, Failure } from "../exit";
import { say } from "../output/complain";
import { toGpuTable, toProgressText } from "../output/gpu";
import { createProgress } from "../output/progress";

/** What the command needs from outside. */
export interface GpuSurroundings extends BuildPlaces {
  readonly engineScript: string;
  readonly downloadScript: string;
  readonly messages: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly print: (text: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Shows, adds or removes builds for GPUs.
 * @returns the exit code
 */
export async function gpu(options: GpuOptions, around: GpuSurroundings): Promise<number> {
  try {
    if (options.work === "add") await add(chosen(options), around);
    if (options.work === "remove") await removeBuilds(around.folder);
    await around.print(toGpuTable(await describe(around)));
    return ExitCode.Success;
  } catch (error) {
    if (around.signal.aborted) throw cancelled();
    const isExplained = error instanceof GpuBuildError || error instanceof DownloadError;
    throw isExplained ? new Failure(error.message) : error;
  }
}

/** @throws Failure where there is no such build, or it would be of no use */
function chosen({ kind, force }: GpuOptions & { readonly work: "add" }): GpuOffer {
  const offers = offersHere();
  const offer = kind === null ? offers[0] : offers.find(({ build }) => build.kind === kind);
  if (offer === undefined) {
    if (offers.length > 0) throw new Failure(`There is no ${kind} build for this platform.`);
    throw new Failure(absenceOf(process.platform, process.arch));
  }
  if (offer.lacks === null || force) return offer;
  const reasons = (kind === null ? offers : [offer]).map(({ lacks }) => lacks).join(" ");
  const name = kind ?? offers.at(-1)!.build.kind;
  throw new Failure(
    `${uselessBuildText(reasons)} "twinlens gpu add ${name} --force" fetches the build nevertheless.`,
  );
}

async function add({ build, lacks }: GpuOffer, around: GpuSurroundings): Promise<void> {
  const { folder, messages, downloadScript, signal } = around;
  const name = `llama.cpp's ${GPU_NAMES[build.kind]} build`;
  const missing = await missingPackages(folder, build);
  if (missing.length > 0) {
    const bytes = missing.reduce((sum, one) => sum + one.bytes, 0);
    const registry = registryName(around.registry);
    await say(`Fetching ${name} (${formatBytes(bytes)}, licence ${LICENCE}) from ${registry}.`);
  }
  const progress = createProgress(messages);
  const downloader = createDownloader(downloadScript);
  try {
    await addBuild(build, {
      ...around,
      downloader,
      onProgress: (now) => progress.show(toProgressText(now), now.bytes / now.total),
      signal,
    });
  } finally {
    progress.clear();
    await downloader.close();
  }
  const log: string[] = [];
  const { device } = await describe(around, (line) => log.push(line));
  if (device !== "CPU") return;
  await say([idleBuildText(name, lacks), ...log].join("\n"));
}

/** @param onLog what llama.cpp and node-llama-cpp say of builds that can't be used */
async function describe(
  around: GpuSurroundings,
  onLog: (line: string) => void = () => undefined,
): Promise<GpuBuilds> {
  const { engineScript, folder, signal } = around;
  const engine = startEngine({ script: engineScript, gpuFolder: folder, onLog });
  try {
    return await describeBuilds(around, await engine.device("auto", signal));
  } finally {
    engine.dispose();
  }
}
