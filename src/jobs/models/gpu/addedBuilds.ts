/** GPU builds on the disk: each package in a folder of its name, where the engine looks for it. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { isRunning } from "../../../engine/isRunning";
import type { BuildPackage, GpuBuild } from "./builds";
import { GpuBuildError } from "./gpuBuildError";
import { unpackPackage } from "./unpack";

export type PackageState = "absent" | "outdated" | "added";

/** `outdated`: one of its packages is of another version. */
export async function buildState(folder: string, { packages }: GpuBuild): Promise<PackageState> {
  const states = await Promise.all(packages.map((one) => packageState(folder, one)));
  if (states.includes("outdated")) return "outdated";
  return states.includes("absent") ? "absent" : "added";
}

export async function packageState(
  folder: string,
  { name, version }: BuildPackage,
): Promise<PackageState> {
  try {
    const text = await readFile(join(folder, name, "package.json"), "utf8");
    const found = (JSON.parse(text) as { readonly version?: unknown }).version;
    return found === version ? "added" : "outdated";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "absent" : "outdated";
  }
}

/** What lies beside the packages begins with this and the number of the process that makes it. */
const UNFINISHED = /^\.unpacking-(\d+)-/;

/**
 * Unpacks a package's file. It has its name when it is whole, and takes the place of another version.
 * @throws GpuBuildError, or the system's error
 */
export async function placePackage(
  folder: string,
  pack: BuildPackage,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  await removeLeftovers(folder);
  const unfinished = join(folder, `.unpacking-${process.pid}-${randomUUID()}`);
  try {
    await mkdir(unfinished);
    await unpackPackage(file, unfinished, pack.unpackedBytes, signal);
    // A folder can't take the place of one that has files in it.
    await rm(join(folder, pack.name), { recursive: true, force: true });
    await rename(unfinished, join(folder, pack.name));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw inUse(error) ?? error;
  }
}

/** What was put there: packages by their names, files of them, whole or begun, and what is being unpacked. */
const OURS = /^(?:(?:linux|mac|win)-[a-z0-9-]+(?:-[\d.]+\.tgz.*)?|\.unpacking-.*)$/;

/** Deletes all builds, and what was fetched of others; what somebody else has put there stays. */
export async function removeBuilds(folder: string): Promise<void> {
  try {
    const names = existsSync(folder) ? await readdir(folder) : [];
    for (const name of names.filter((one) => OURS.test(one))) {
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
    }
    // Only where nothing else lies there.
    await rmdir(folder).catch(() => undefined);
  } catch (error) {
    throw inUse(error) ?? error;
  }
}

/** What a process that has ended was at. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, pid] = UNFINISHED.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Windows does not delete a library that a process has opened. */
function inUse(error: unknown): GpuBuildError | null {
  const { code } = error as NodeJS.ErrnoException;
  if (process.platform !== "win32" || (code !== "EPERM" && code !== "EBUSY")) return null;
  return new GpuBuildError(
    "Its libraries are in use: close other windows of the editor and other programs that score with Twinlens, and try again.",
  );
}
