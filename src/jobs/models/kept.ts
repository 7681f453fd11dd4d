/**
 * The models that Twinlens has fetched: files in a folder, each with a small record beside it. A record of its own for
 * each, so that editor and command line never write the same one at once, and a file that somebody moves takes no
 * other's record with it.
 */
import { readFile, rm, rmdir } from "node:fs/promises";
import { basename, dirname, relative, resolve, sep } from "node:path";
import * as z from "zod";
import { modelFiles } from "../../engine/modelFiles";
import { sourceOrNull } from "../../formats/catalog/source";
import { parsedJson } from "../../formats/json";
import type { Verifier } from "../../protocol/modelFiles";
import { saveFile } from "../store/saveFile";
import { type FoundModel, modelsBelow } from "./walk";

const recordSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  source: z.string(),
  /** Of each of its files in order, hex. */
  sha256: z.array(z.string()),
  verifiedBy: z.enum(["catalogue", "hub", "user"] satisfies Verifier[]).nullable(),
  /** ms since 1970, as `lastUsed`. */
  fetched: z.number(),
  lastUsed: z.number().nullable(),
});

/** What is remembered of a model that was fetched. */
export interface ModelRecord {
  /** What a catalogue calls it, else its file's name. */
  readonly name: string;
  /** As `sourceText` of formats/catalog writes it. */
  readonly source: string;
  /** Of each of its files in order, hex. */
  readonly sha256: readonly string[];
  /** null: nobody has named a digest that the files could be held against. */
  readonly verifiedBy: Verifier | null;
  /** ms since 1970. */
  readonly fetched: number;
  /** ms since 1970; null: never. */
  readonly lastUsed: number | null;
}

/** A model in the folder of kept models. */
export interface KeptModel extends FoundModel {
  /** null: somebody else has put it there. */
  readonly record: ModelRecord | null;
}

/** All models below a folder that are whole, whoever has put them there. */
export async function listKept(folder: string): Promise<KeptModel[]> {
  const models = await modelsBelow(folder);
  return Promise.all(
    models.map(async (model) => ({ ...model, record: await recordOf(model.path) })),
  );
}

/** What is remembered of the model whose first file lies at a path; null: it was not fetched, or nothing can be read. */
export async function recordOf(path: string): Promise<ModelRecord | null> {
  const text = await readFile(recordFile(path), "utf8").catch(() => null);
  const parsed = text === null ? null : recordSchema.safeParse(parsedJson(text));
  return parsed?.success ? parsed.data : null;
}

/** @param path of the model's first file @throws the file system's error */
export async function keep(path: string, record: ModelRecord): Promise<void> {
  await saveFile(recordFile(path), `${JSON.stringify({ version: 1, ...record }, null, 2)}\n`);
}

/** Remembers that a model is in use now, where it is one that was fetched. */
export async function noteUse(path: string, now = Date.now()): Promise<void> {
  const record = await recordOf(path);
  // Whoever may only read the folder uses models as well.
  if (record !== null) await keep(path, { ...record, lastUsed: now }).catch(() => undefined);
}

/** A model that can't be removed; the message says why. */
export class NotKept extends Error {
  override readonly name = "NotKept";
}

/**
 * Deletes a model's files and its record, and the folders that are empty then.
 * @param folder of all kept models, which stays
 * @throws NotKept where Twinlens has not fetched the model; the file system's error
 */
export async function removeKept(path: string, folder: string): Promise<void> {
  const record = await recordOf(path);
  if (record === null || !isOf(record, path)) {
    throw new NotKept(
      `${path} was not fetched by Twinlens, which deletes only what it has fetched. Delete the file yourself.`,
    );
  }
  for (const file of modelFiles(path)) await rm(file, { force: true });
  await rm(recordFile(path), { force: true });
  await removeEmptyFolders(dirname(resolve(path)), resolve(folder));
}

/** Whether a record is of the file that it lies beside: somebody may have copied it. */
function isOf({ source }: ModelRecord, path: string): boolean {
  return sourceOrNull(source)?.fileName === basename(path);
}

function recordFile(path: string): string {
  return `${path}.twinlens-model.json`;
}

async function removeEmptyFolders(from: string, folder: string): Promise<void> {
  for (let at = from; isBelow(at, folder); at = dirname(at)) {
    const isRemoved = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}
