import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Works in a folder; without one in a temporary folder, which is gone afterwards. */
export async function withFolder<T>(
  folder: string | null,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  if (folder !== null) return work(folder);
  const temporary = await mkdtemp(join(tmpdir(), "twinlens-adapters-"));
  try {
    return await work(temporary);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
