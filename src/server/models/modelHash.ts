import { stat } from "node:fs/promises";
import { modelDigest, modelFiles } from "../../engine/modelFiles";
import { cacheKey, type Cache } from "../scoring/cache";

/** Digests of model files. Gigabytes are read once; afterwards size and time of change vouch for a file. */
export interface ModelHashes {
  /** The digest if it is known without reading the file. */
  known(path: string): Promise<string | null>;
  /** SHA-256 in hex over the file, or over a split model's files in order. */
  of(path: string): Promise<string>;
}

export function createModelHashes(cache: () => Cache): ModelHashes {
  const running = new Map<string, Promise<string>>();

  async function known(path: string): Promise<string | null> {
    const value = await cache().read(await identity(path));
    return typeof value === "string" ? value : null;
  }

  async function compute(path: string): Promise<string> {
    const key = await identity(path);
    const digest = (await known(path)) ?? (await modelDigest(path));
    await cache().write(key, digest);
    return digest;
  }

  return {
    known,
    of(path) {
      const pending = running.get(path) ?? compute(path).finally(() => running.delete(path));
      running.set(path, pending);
      return pending;
    },
  };
}

/** Equal for a file that has not been written since; null where there is none. */
export async function fileIdentity(path: string): Promise<string | null> {
  return identity(path).catch(() => null);
}

/** Another model may be written to the same path; one that is merely gone stays usable in memory. */
export async function isRewritten(path: string, loadedFile: string | null): Promise<boolean> {
  const file = await fileIdentity(path);
  return file !== null && file !== loadedFile;
}

async function identity(path: string): Promise<string> {
  const files = await Promise.all(
    modelFiles(path).map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return [file, size, mtimeMs];
    }),
  );
  return cacheKey("hash", files);
}
