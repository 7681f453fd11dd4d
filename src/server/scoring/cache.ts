import { createHash } from "node:crypto";
import { readFile, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { saveFile } from "../../jobs/store/saveFile";

/**
 * Values on disk by key, least recently used ones deleted beyond a size. Everything in it can be computed again, so
 * whatever goes wrong with the disk is logged and otherwise like an empty cache.
 */
export interface Cache {
  /** The value written under the key, or undefined: never written, evicted or damaged. */
  read(key: string): Promise<unknown>;
  /** Whether something lies under the key; it may turn out to be damaged. */
  has(key: string): Promise<boolean>;
  write(key: string, value: unknown): Promise<void>;
  /** Deletes the value under the key, which is not what its reader expects. */
  drop(key: string, why: string): Promise<void>;
}

/** Belongs into every key: another layout of values, or scores by other kernels, means other keys. */
const FORMAT = 5;
const SUFFIX = ".scores";
const DIGEST_BYTES = 32;

/** A key that depends on all of `parts` (JSON). */
export function cacheKey(...parts: readonly unknown[]): string {
  return sha256(JSON.stringify([FORMAT, ...parts])).toString("hex");
}

/**
 * @param folder where the files lie, made when needed; null: a cache that forgets everything
 * @param limitBytes of all files together; 0: as null
 */
export function createCache(
  folder: string | null,
  limitBytes: number,
  log: (message: string) => void,
): Cache {
  if (folder === null || limitBytes === 0) {
    return {
      read: () => Promise.resolve(undefined),
      has: () => Promise.resolve(false),
      write: () => Promise.resolve(),
      drop: () => Promise.resolve(),
    };
  }
  const drop = async (key: string, why: string) => {
    log(`A cached value is dropped: ${why}`);
    await rm(join(folder, key + SUFFIX), { force: true }).catch(() => undefined);
  };
  return {
    async read(key) {
      const path = join(folder, key + SUFFIX);
      try {
        const value = unseal(key, await readFile(path));
        const now = new Date();
        await utimes(path, now, now).catch(() => undefined);
        return value;
      } catch (error) {
        if (isMissing(error)) return undefined;
        await drop(key, String(error));
        return undefined;
      }
    },
    has: (key) =>
      stat(join(folder, key + SUFFIX)).then(
        () => true,
        () => false,
      ),
    async write(key, value) {
      const bytes = seal(key, value);
      if (bytes.byteLength > limitBytes) return;
      try {
        await saveFile(join(folder, key + SUFFIX), bytes);
        await evict(folder, limitBytes);
      } catch (error) {
        log(`Scores could not be cached: ${String(error)}`);
      }
    },
    drop,
  };
}

/** Deletes the files used longest ago until the rest fits. */
async function evict(folder: string, limitBytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      // Another window's server may just have deleted it.
      const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
      return { path, size, mtimeMs };
    }),
  );
  files.sort((a, b) => b.mtimeMs - a.mtimeMs);
  let total = 0;
  for (const { path, size } of files) {
    total += size;
    if (total > limitBytes) await rm(path, { force: true });
  }
}

/** Key and value in structured clone's bytes, behind their digest, so that damage shows before anything is read into. */
function seal(key: string, value: unknown): Buffer {
  const body = serialize({ key, value });
  return Buffer.concat([sha256(body), body]);
}

/** @throws Error for a file that is damaged, or was written under another key */
function unseal(key: string, bytes: Buffer): unknown {
  const body = bytes.subarray(DIGEST_BYTES);
  if (!sha256(body).equals(bytes.subarray(0, DIGEST_BYTES))) throw new Error("it is damaged");
  const sealed = deserialize(body) as { readonly key?: unknown; readonly value?: unknown } | null;
  if (sealed?.key !== key) throw new Error("it belongs to another key");
  return sealed.value;
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash("sha256").update(data).digest();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
