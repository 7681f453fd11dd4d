import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isRunning } from "../../engine/isRunning";

let saves = 0;

/**
 * Writes a file whole or not at all: a crash while writing leaves the version before. Processes that write one file do
 * not meet before the last step, which replaces it.
 * @returns the identity of what was written, see {@link fileIdentity}
 * @throws the file system's error
 */
export async function saveFile(file: string, content: string | Uint8Array): Promise<string> {
  const part = `${file}.${process.pid}-${saves++}.part`;
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  await removeLeftoversOnce(folder);
  try {
    await writeFile(part, content);
    const identity = await fileIdentity(part);
    await rename(part, file);
    return identity;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Another one each time that a file is written, also by renaming. @throws where there is no file */
export async function fileIdentity(file: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(file);
  return [ino, size, mtimeMs].join(" ");
}

const cleaned = new Set<string>();

async function removeLeftoversOnce(folder: string): Promise<void> {
  if (cleaned.has(folder)) return;
  cleaned.add(folder);
  await removeLeftovers(folder);
}

/** No file takes that long to write; by then other machines' processes, whose ids mean nothing here, have ended. */
const LEFT_AFTER_MS = 60_000;

const LEFTOVER = /\.(?:twinlens\.json|twinlens-results\.json|scores)\.(\d+)-\d+\.part$/u;

/** Removes what processes that were killed while they wrote have left in a folder. */
export async function removeLeftovers(folder: string, now = Date.now()): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pid = LEFTOVER.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const path = join(folder, name);
    const written = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => now,
    );
    if (now - written > LEFT_AFTER_MS) await rm(path, { force: true }).catch(() => undefined);
  }
}
