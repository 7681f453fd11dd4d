import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import type { ModelFileFacts } from "../../protocol/modelFiles";
import { modelsElsewhere } from "./elsewhere";
import type { Machine } from "./elsewhereFolders";
import { listKept } from "./kept";

/**
 * The models that lie on this machine: those in the folder of kept models, then those of other programs, each file once.
 * @param folder of kept models
 */
export async function modelsOnMachine(folder: string, machine: Machine): Promise<ModelFileFacts[]> {
  const kept = (await listKept(folder)).map(({ path, bytes, record }) => ({
    path,
    bytes,
    owner: "Twinlens" as const,
    name: record?.name ?? basename(path),
    source: record?.source ?? null,
    lastUsed: record?.lastUsed ?? null,
    verifiedBy: record?.verifiedBy ?? null,
  }));
  const byFile = new Map<string, ModelFileFacts>();
  for (const model of [...kept, ...(await modelsElsewhere(machine))]) {
    const file = await realpath(model.path).catch(() => model.path);
    if (!byFile.has(file)) byFile.set(file, model);
  }
  return [...byFile.values()];
}
