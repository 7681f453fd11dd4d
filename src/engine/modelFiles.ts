import { createHash, type Hash } from "node:crypto";
import { createReadStream, type Stats, statSync } from "node:fs";
import { type ChosenModel, type ModelFile, sameModel } from "../protocol/modelIdentity";
import { EngineError } from "./errors";

/** All files of a model, given its first one: `name-00001-of-00003.gguf` has two more. */
export function modelFiles(path: string): string[] {
  const split = /^(.*-)00001(-of-(\d{5})\.gguf)$/.exec(path);
  if (!split) return [path];
  const [, prefix, suffix, count] = split;
  return Array.from(
    { length: Number(count) },
    (_, i) => prefix! + String(i + 1).padStart(5, "0") + suffix!,
  );
}

/** @throws EngineError `FileVanished`, `FileUnreadable` */
export function statModel(path: string): Stats {
  const found = statFile(path);
  if (found) return found;
  throw new EngineError("FileVanished", `There is no file ${path}. Choose another model.`);
}

/** @throws EngineError `AdapterUnreadable` where there is none, `FileUnreadable` */
export function statAdapter(path: string): Stats {
  const found = statFile(path);
  if (found) return found;
  throw new EngineError(
    "AdapterUnreadable",
    `There is no file ${path}. Choose another adapter, or use the model without one.`,
  );
}

/** null: there is no such file. */
function statFile(path: string): Stats | null {
  const found = reading(path, () => statSync(path, { throwIfNoEntry: false }));
  return found?.isFile() ? found : null;
}

/**
 * Which model was chosen; it is not read for that.
 * @throws EngineError `FileVanished`, `AdapterUnreadable`, `FileUnreadable`
 */
export function modelAt({ path, adapter }: ChosenModel): ModelFile {
  const stateOf = (file: string, { size, mtimeMs }: Stats) => [file, size, mtimeMs];
  const states = [
    ...modelFiles(path).map((file) => stateOf(file, statModel(file))),
    ...(adapter === null ? [] : [["adapter", ...stateOf(adapter, statAdapter(adapter))]]),
  ];
  return { path, adapter, identity: { sha256: null, stamp: JSON.stringify(states) } };
}

/** Whether another model or adapter was written there since; what is merely gone stays usable in memory. */
export function isRewritten(model: ModelFile): boolean {
  try {
    return !sameModel(modelAt(model).identity, model.identity);
  } catch {
    return false;
  }
}

/** Runs what reads a file, and explains the system's errors. @throws EngineError `FileUnreadable` */
export function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new EngineError(
      "FileUnreadable",
      `${path} can't be read: ${REASONS[code] ?? `${message}.`}`,
    );
  }
}

/** Errors of the system that a user can do something about. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "you have no permission to. Change the permissions of the file or its folder.",
  EPERM: "you have no permission to. Change the permissions of the file or its folder.",
  ELOOP: "it is a link that leads back to itself. Choose the file that is meant.",
};

/** Size of all files of a model, given its first one, bytes. @throws Error when one of them is missing */
export function modelBytes(path: string): number {
  return modelFiles(path).reduce((sum, file) => sum + statSync(file).size, 0);
}

/** SHA-256 of models, in hex. */
export interface ModelDigests {
  /** The digest if it is known without reading the files; null: it is not. */
  known(model: ModelFile): Promise<string | null>;
  /** @throws EngineError as of {@link modelDigest} */
  of(model: ModelFile): Promise<string>;
}

/**
 * SHA-256 in hex over a model's files in order, its adapter's last. Reads them whole.
 * @throws EngineError `FileVanished`, where another model lies there now as well; `AdapterUnreadable`
 */
export async function modelDigest(model: ModelFile): Promise<string> {
  return (await readDigests(model)).digest;
}

/** SHA-256 of a file, in hex. @throws the file system's error */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await readThrough(path, hash);
  return hash.digest("hex");
}

async function readThrough(path: string, hash: Hash): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
  }
}

/** As {@link modelDigest}, beside the digest of the model without its adapter. */
export async function readDigests(
  model: ModelFile,
): Promise<{ readonly digest: string; readonly bare: string }> {
  const { path, adapter, identity } = model;
  const hash = createHash("sha256");
  for (const file of modelFiles(path)) await readThrough(file, hash);
  const bare = hash.copy().digest("hex");
  if (adapter !== null) await readThrough(adapter, hash);
  if (sameModel(modelAt(model).identity, identity)) return { digest: hash.digest("hex"), bare };
  throw new EngineError(
    "FileVanished",
    `${path} has changed since it was loaded. Score again with the model that it is now.`,
  );
}
