import { existsSync } from "node:fs";
import { basename } from "node:path";
import { listKept, noteUse } from "../../jobs/models/kept";
import { modelsFolder } from "../arguments/dataFolder";
import { findModels, type ModelPaths, type Places } from "../arguments/modelPaths";

/**
 * Paths of the models that are about to be used: what is the name of a kept model, and of no file, is that model. Kept
 * models remember when they were used.
 * @throws Failure as of `findModels`
 */
export async function modelsToUse(
  options: Parameters<typeof findModels>[0],
  places: Places,
): Promise<ModelPaths> {
  const { base, rlhf } = findModels(options, places);
  const folder = modelsFolder(places);
  return { base: await used(base, folder), rlhf: await used(rlhf, folder) };
}

async function used(path: string | null, folder: string): Promise<string | null> {
  if (path === null) return null;
  const found = existsSync(path) ? path : ((await keptAs(path, folder)) ?? path);
  await noteUse(found);
  return found;
}

async function keptAs(name: string, folder: string): Promise<string | null> {
  if (name !== basename(name)) return null;
  const kept = await listKept(folder);
  const model = kept.find(({ path, record }) => record?.name === name || basename(path) === name);
  return model?.path ?? null;
}
