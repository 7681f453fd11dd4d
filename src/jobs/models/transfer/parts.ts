import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { takeLock } from "./lock";
import { type PartRecord, readRecord } from "./partRecord";
import type { PartFile } from "./transfer";

const RECORD = ".part.json";

/** Where a file lies while it is fetched, and what lies beside it. */
export interface PartPaths {
  readonly final: string;
  readonly part: string;
  readonly record: string;
  readonly lock: string;
}

export function partPaths(folder: string, fileName: string): PartPaths {
  const final = join(folder, fileName);
  return {
    final,
    part: `${final}.part`,
    record: `${final}${RECORD}`,
    lock: `${final}.part.lock`,
  };
}

/** What was begun in a folder, in order of its names; nothing where there is no such folder. */
export async function parts(folder: string): Promise<PartFile[]> {
  const names = await readdir(folder).catch(() => []);
  const recorded = names.filter((name) => name.endsWith(RECORD)).sort();
  const found = await Promise.all(
    recorded.map((name) => partFile(folder, name.slice(0, -RECORD.length))),
  );
  return found.filter((part) => part !== null);
}

/**
 * Deletes what was begun of a file.
 * @throws DownloadError where somebody fetches it at the moment, or the file system's error
 */
export async function discard(folder: string, fileName: string): Promise<void> {
  const paths = partPaths(folder, fileName);
  if ((await recordAt(paths)) === undefined) return;
  const lock = await takeLock(paths.lock, fileName);
  try {
    await removePart(paths);
  } finally {
    await lock.release();
  }
}

/** In this order: a part without a record is nobody's. */
export async function removePart({ part, record }: PartPaths): Promise<void> {
  await rm(part, { force: true });
  await rm(record, { force: true });
}

/** null: it can't be read; undefined: there is none. */
export async function recordAt({ record }: PartPaths): Promise<PartRecord | null | undefined> {
  try {
    return await readRecord(record);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return null;
  }
}

async function partFile(folder: string, fileName: string): Promise<PartFile | null> {
  const paths = partPaths(folder, fileName);
  const size = await sizeOf(paths.part);
  const record = await recordAt(paths);
  if (size === null || record === undefined) return null;
  return { fileName, url: record?.url ?? null, bytes: size, total: record?.total ?? null };
}

/** null: there is no such file. */
export async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
