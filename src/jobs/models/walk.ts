import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { modelBytes } from "../../engine/modelFiles";
import { fileNameFault } from "../../formats/catalog/source";
import { hasGgufMagic } from "./gguf";

/** A model that lies in a folder. */
export interface FoundModel {
  /** Of its first file. */
  readonly path: string;
  /** Of all its files. */
  readonly bytes: number;
}

/** How far a folder is walked: whoever has more than this many files elsewhere is not kept waiting for it. */
const MOST_ENTRIES = 20_000;
const DEEPEST = 8;

/** Folders and files below a folder, as far as it is walked; what can't be read is left out. */
export async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  const waiting = [{ folder, depth: 0 }];
  let entries = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { folder: at, depth } = next;
    for (const entry of await entriesOf(at)) {
      if (++entries > MOST_ENTRIES) return files;
      const path = join(at, entry.name);
      if (!entry.isDirectory()) files.push(path);
      else if (depth < DEEPEST) waiting.push({ folder: path, depth: depth + 1 });
    }
  }
  return files;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All models below a folder that are whole; what projects pictures into a model's tokens is none. */
export async function modelsBelow(folder: string): Promise<FoundModel[]> {
  const models: FoundModel[] = [];
  for (const path of await filesBelow(folder)) {
    const name = path.slice(path.search(/[^/\\]*$/u));
    if (fileNameFault(name) !== null || /mmproj/iu.test(name)) continue;
    const model = await wholeModel(path);
    if (model !== null) models.push(model);
  }
  return models;
}

/** The model whose first file lies at a path; null: there is none, or not all of it. */
export async function wholeModel(path: string): Promise<FoundModel | null> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile || !(await hasGgufMagic(path))) return null;
  try {
    return { path, bytes: modelBytes(path) };
  } catch {
    return null;
  }
}
