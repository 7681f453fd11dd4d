import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { GpuBuildProgress } from "../../../protocol/gpuBuilds";
import { checkSpace, diskFault } from "../transfer/diskFault";
import type { Downloader, TransferProgress } from "../transfer/transfer";
import { packageState, placePackage } from "./addedBuilds";
import { type BuildPackage, type GpuBuild, tarballUrl } from "./builds";

export interface AddOptions {
  /** Of all GPU builds; made if it is not there. */
  readonly folder: string;
  /** A registry's URL. */
  readonly registry: string;
  readonly downloader: Downloader;
  readonly onProgress: (now: GpuBuildProgress) => void;
  readonly signal: AbortSignal;
}

/** Packages of a build that are not there, or of another version. */
export async function missingPackages(
  folder: string,
  { packages }: GpuBuild,
): Promise<readonly BuildPackage[]> {
  const missing: BuildPackage[] = [];
  for (const one of packages) {
    if ((await packageState(folder, one)) !== "added") missing.push(one);
  }
  return missing;
}

/**
 * Fetches the packages of a build that are not there, holds each package against its known digest, and only then unpacks it.
 * @throws DownloadError, GpuBuildError, or the signal's reason
 */
export async function addBuild(build: GpuBuild, options: AddOptions): Promise<void> {
  const { folder, signal } = options;
  try {
    await mkdir(folder, { recursive: true });
    const missing = await missingPackages(folder, build);
    await checkSpace(
      folder,
      sum(missing, (one) => one.bytes + one.unpackedBytes),
    );
    const total = sum(missing, ({ bytes }) => bytes);
    let before = 0;
    for (const one of missing) {
      await addPackage(one, { before, total }, options);
      before += one.bytes;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw diskFault(error, folder) ?? error;
  }
}

/** Bytes of all packages, and of those that are there already. */
interface Span {
  readonly before: number;
  readonly total: number;
}

async function addPackage(one: BuildPackage, { before, total }: Span, options: AddOptions) {
  const { folder, registry, downloader, onProgress, signal } = options;
  const fileName = fileNameOf(one);
  const file = join(folder, fileName);
  const tell = ({ state, bytes, secondsLeft, message }: TransferProgress) =>
    onProgress({ step: state, bytes: before + bytes, total, secondsLeft, message });
  const digest = { algorithm: "sha512", hex: one.sha512, by: "catalogue" } as const;
  const url = tarballUrl(registry, one);
  const wanted = { url, folder, fileName, bytes: one.bytes, digest, token: null };
  await downloader.fetch(wanted, tell, signal);
  const bytes = before + one.bytes;
  onProgress({ step: "unpacking", bytes, total, secondsLeft: null, message: null });
  try {
    await placePackage(folder, one, file, signal);
  } finally {
    // Where it could not be unpacked, it would fail again; where the disk was full, its room is of use.
    if (!signal.aborted) await rm(file, { force: true });
  }
}

function fileNameOf({ name, version }: BuildPackage): string {
  return `${name}-${version}.tgz`;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
