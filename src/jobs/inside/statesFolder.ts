/** Where hidden states lie while probes are fitted: a folder of its own, which is gone afterwards. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../../engine/errors";
import { isRunning } from "../../engine/isRunning";

/** Of this machine alone: processes of another one, which may have the same folder, are not known here. */
const PREFIX = `twinlens-states-${hostname().replace(/[^\w.-]/gu, "_")}-`;

/**
 * Gives work the path of a file for states, in the system's folder for temporary files.
 * @throws EngineError `FileUnreadable`, and what the work throws
 */
export async function withStatesFile<T>(work: (path: string) => Promise<T>): Promise<T> {
  await removeLeftovers(tmpdir());
  const folder = await makeFolder();
  try {
    return await work(join(folder, "states.f16"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  } catch (error) {
    throw new EngineError(
      "FileUnreadable",
      `Hidden states can't be kept in the folder for temporary files: ${(error as Error).message}. Choose another one (TMPDIR).`,
    );
  }
}

/** Of processes that were killed. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = name.startsWith(PREFIX) ? /^\d+/u.exec(name.slice(PREFIX.length))?.[0] : undefined;
    if (pid === undefined || isRunning(Number(pid))) continue;
    // Another user's stays.
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
