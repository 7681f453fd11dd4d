/** Models that were begun and are not whole: what a pause or a crash has left. */
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { modelFiles } from "../../engine/modelFiles";
import { parseSource, type Source } from "../../formats/catalog/source";
import { isTaken } from "./transfer/lock";
import { partPaths, parts } from "./transfer/parts";
import type { PartFile } from "./transfer/transfer";
import { filesBelow } from "./walk";

/** A model of which there is a part. */
export interface BegunModel {
  readonly source: Source;
  /** Of its files that are whole, and of the part. */
  readonly bytes: number;
  /** null: of a split model, or the hub does not say. */
  readonly total: number | null;
  /** Somebody fetches it at the moment, on this machine or another. */
  readonly isTaken: boolean;
}

/** What was begun below the folder of kept models. @param hub as of `hubOf` */
export async function listBegun(folder: string, hub: string): Promise<BegunModel[]> {
  const files = await filesBelow(folder);
  const folders = new Set(
    files.filter((path) => path.endsWith(".part")).map((path) => dirname(path)),
  );
  const begun: BegunModel[] = [];
  for (const at of folders) {
    for (const part of await parts(at)) {
      const model = await begunModel(at, part, hub);
      if (model !== null) begun.push(model);
    }
  }
  return begun;
}

/** null: nobody knows where it came from. */
async function begunModel(folder: string, part: PartFile, hub: string): Promise<BegunModel | null> {
  const { fileName, bytes, total } = part;
  const first = fileName.replace(/-\d{5}(-of-\d{5}\.gguf)$/u, "-00001$1");
  const source = sourceOf(part.url, fileName, first, hub);
  if (source === null) return null;
  const files = modelFiles(join(folder, first));
  const taken = await isTaken(partPaths(folder, fileName).lock).catch(() => false);
  if (files.length === 1) return { source, bytes, total, isTaken: taken };
  const sizes = await Promise.all(files.map(sizeOf));
  return { source, bytes: sizes.reduce((a, b) => a + b, bytes), total: null, isTaken: taken };
}

/** The model's source, given the address of one of its files. */
function sourceOf(url: string | null, fileName: string, first: string, hub: string): Source | null {
  if (url === null) return null;
  try {
    const ofFirst = url.replace(encodeURIComponent(fileName), encodeURIComponent(first));
    return parseSource(ofFirst, hub);
  } catch {
    return null;
  }
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
