import { readFile } from "node:fs/promises";
import { parsedJson } from "../../formats/json";
import { saveFile } from "../../jobs/store/saveFile";
import type { Pair } from "../../protocol/settings";

/**
 * Adds a pair to `pairs.json`.
 * @returns null: it was added, or stood there; otherwise why not: the file stays as it is
 * @throws the file system's error
 */
export async function addPair(
  file: string,
  pair: Required<Pick<Pair, "name" | "base" | "rlhf">>,
): Promise<string | null> {
  const pairs = await pairsIn(file);
  if (pairs === null) return `${file} is no list of pairs, and stays as it is.`;
  const same = pairs.find((other) => (other as Partial<Pair> | null)?.name === pair.name);
  if (same !== undefined) {
    const { base, rlhf, baseAdapter, rlhfAdapter } = same as Partial<Pair>;
    const isBare = baseAdapter === undefined && rlhfAdapter === undefined;
    return isBare && base === pair.base && rlhf === pair.rlhf
      ? null
      : `${file} has another pair "${pair.name}", which stays as it is.`;
  }
  await saveFile(file, `${JSON.stringify([...pairs, pair], null, 2)}\n`);
  return null;
}

/** As they stand there; null: it is no list. */
async function pairsIn(file: string): Promise<readonly unknown[] | null> {
  try {
    const value = parsedJson(await readFile(file, "utf8"));
    return Array.isArray(value) ? value : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
