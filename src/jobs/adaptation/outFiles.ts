/** Files that a training writes, and what lies in their place. */
import { constants } from "node:fs";
import { access, open, readdir, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { modelFiles } from "../../engine/modelFiles";
import { alone } from "./alone";

/** Where a training is kept that writes to `out` in the end. */
export function checkpointOf(out: string): string {
  return `${out}.checkpoint`;
}

/** Whether a training that was interrupted can be gone on with. */
export async function isTrainingKept(out: string): Promise<boolean> {
  return (await stateOf(checkpointOf(out))) !== null;
}

/** Deletes a training that was interrupted; what lies at `out` stays. @throws EngineError `FileUnreadable` where it is going on */
export async function discardTraining(out: string): Promise<void> {
  await alone(out, () => deleteTraining(out));
}

async function deleteTraining(out: string): Promise<void> {
  const steps = `${basename(out)}.step-`;
  const isStep = (name: string) =>
    name.startsWith(steps) && /^\d+$/u.test(name.slice(steps.length));
  const names = (await readdir(dirname(out))).filter(isStep);
  for (const name of [basename(checkpointOf(out)), ...names]) {
    await rm(join(dirname(out), name), { force: true });
  }
}

/** What keeps a training from being written to `out`. */
export type OutProblem = "noFolder" | "isInFile" | "isLocked" | "isNoFile" | "isOther" | "isModel";

export interface OutState {
  /** null: nothing. */
  readonly problem: OutProblem | null;
  /** A file that would be replaced. */
  readonly isThere: boolean;
}

/**
 * Looks whether what takes hours can be written in the end.
 * @param model its file, which is never replaced
 */
export async function lookAtOut(out: string, model: string): Promise<OutState> {
  const problem = await folderProblem(dirname(out));
  if (problem !== null) return { problem, isThere: false };
  const found = await stateOf(out);
  if (found === null) return { problem: null, isThere: false };
  if (!found.isFile()) return { problem: "isNoFile", isThere: true };
  if (!(await isGguf(out, found.size))) return { problem: "isOther", isThere: true };
  return { problem: (await isPartOf(model, out)) ? "isModel" : null, isThere: true };
}

async function folderProblem(folder: string): Promise<OutProblem | null> {
  const found = await stateOf(folder);
  if (found === null) return "noFolder";
  if (!found.isDirectory()) return "isInFile";
  const isOpen = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  return isOpen ? null : "isLocked";
}

const MAGIC = "GGUF";

/** Or empty: there is nothing to lose. */
async function isGguf(path: string, size: number): Promise<boolean> {
  if (size === 0) return true;
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString("latin1", 0, bytesRead) === MAGIC;
  } finally {
    await file.close();
  }
}

async function isPartOf(model: string, out: string): Promise<boolean> {
  const files = modelFiles(model).map((file) => realpath(file).catch(() => null));
  return (await Promise.all(files)).includes(await realpath(out));
}

/** null: nothing is there. */
function stateOf(path: string) {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}
