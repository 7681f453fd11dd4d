import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type ReadEntry } from "tar";
import { GpuBuildError } from "./gpuBuildError";

/** npm puts a package's files into this folder. */
const TOP = "package";
const MOST_FILES = 200;

/**
 * Unpacks an npm package's file, without the folder on top, into an empty folder. Whatever is no regular file under that
 * folder, or more than was announced, ends it; what was written by then stays.
 * @throws GpuBuildError for what is no such file, and of the system
 */
export async function unpackPackage(
  file: string,
  folder: string,
  mostBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const refusal = new AbortController();
  const counted = { files: 0, bytes: 0 };
  const filter = (path: string, entry: unknown): boolean => {
    const { type, size } = entry as ReadEntry;
    counted.files++;
    counted.bytes += size;
    const fault = faultOf(path, type) ?? excess(counted, mostBytes);
    if (fault !== null) refusal.abort(new GpuBuildError(`The package was refused: ${fault}.`));
    return fault === null && !refusal.signal.aborted;
  };
  // Not by the package's own name for the user who made it, and not with its time.
  const options = { cwd: folder, strip: 1, strict: true, preserveOwner: false, noMtime: true };
  try {
    await pipeline(createReadStream(file), createGunzip(), extract({ ...options, filter }), {
      signal: AbortSignal.any([signal, refusal.signal]),
    });
  } catch (error) {
    signal.throwIfAborted();
    refusal.signal.throwIfAborted();
    if (error instanceof Error && "syscall" in error) throw error;
    throw new GpuBuildError(
      `The package could not be unpacked: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  refusal.signal.throwIfAborted();
}

function faultOf(path: string, type: string): string | null {
  if (type !== "File" && type !== "OldFile") return `"${path}" is no regular file (${type})`;
  const [top, ...names] = path.split("/");
  const isName = (name: string) => !["", ".", ".."].includes(name) && !/[\\:\0]/.test(name);
  if (top === TOP && names.length > 0 && names.every(isName)) return null;
  return `"${path}" is not in its folder`;
}

function excess({ files, bytes }: { files: number; bytes: number }, most: number): string | null {
  if (files > MOST_FILES) return `it has more than ${MOST_FILES} files`;
  return bytes > most ? `it has more than the ${most} bytes that were announced` : null;
}
