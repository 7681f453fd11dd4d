import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/** Bytes that may still be written where a folder lies or is to lie; null: not known. */
export async function freeOnDisk(folder: string): Promise<number | null> {
  const found = await statfs(folder).catch(() => null);
  if (found !== null) return found.blocks === 0 ? null : found.bavail * found.bsize;
  const parent = dirname(folder);
  return parent === folder ? null : freeOnDisk(parent);
}
