import { existsSync } from "node:fs";
import { basename } from "node:path";
import { listKept, noteUse } from "../../jobs/models/kept";
import type { ChosenModel } from "../../protocol/modelIdentity";
import { modelsFolder } from "../arguments/dataFolder";
import { type ChosenModels, findModels, type Places } from "../arguments/modelPaths";

/**
 * The models that are about to be used: what is the name of a kept model, and of no file, is that model. Kept
 * models remember when they were used.
 * @throws Failure as of `findModels`
 */
export async function modelsToUse(
  options: Parameters<typeof findModels>[0],
  places: Places,
): Promise<ChosenModels> {
  const { base, rlhf } = findModels(options, places);
  const folder = modelsFolder(places);
  return { base: await used(base, folder), rlhf: await used(rlhf, folder) };
}

async function used(model: ChosenModel | null, folder: string): Promise<ChosenModel | null> {
  if (model === null) return null;
  const { path } = model;
  const found = existsSync(path) ? path : ((await keptAs(path, folder)) ?? path);
  await noteUse(found);
  return { ...model, path: found };
}

async function keptAs(name: string, folder: string): Promise<string | null> {
  if (name !== basename(name)) return null;
  const kept = await listKept(folder);
  const model = kept.find(({ path, record }) => record?.name === name || basename(path) === name);
  return model?.path ?? null;
}
