/** Models that other programs have on this machine. They are used where they lie; nothing here changes them. */
import { readFile } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import * as z from "zod";
import { parsedJson } from "../../formats/json";
import type { ModelFileFacts } from "../../protocol/modelFiles";
import {
  huggingFaceFolders,
  llamaCppFolder,
  lmStudioHomes,
  lmStudioPointer,
  type Machine,
  ollamaFolders,
} from "./elsewhereFolders";
import { filesBelow, type FoundModel, modelsBelow, wholeModel } from "./walk";

/** What other programs have. A file that several of them have stands once for each. */
export async function modelsElsewhere(machine: Machine): Promise<ModelFileFacts[]> {
  const all = await Promise.all([
    inHuggingFace(machine),
    inLmStudio(machine),
    inLlamaCpp(machine),
    inOllama(machine),
  ]);
  return all.flat();
}

function facts(
  { path, bytes }: FoundModel,
  owner: Exclude<ModelFileFacts["owner"], "Twinlens">,
  name: string,
  source: string | null = null,
): ModelFileFacts {
  return { path, bytes, owner, name, source, lastUsed: null, verifiedBy: null };
}

/** `models--USER--REPOSITORY/snapshots/COMMIT/FILE`: links to blobs, or files where the system has no links. */
async function inHuggingFace(machine: Machine): Promise<ModelFileFacts[]> {
  const models: ModelFileFacts[] = [];
  for (const folder of huggingFaceFolders(machine)) {
    for (const model of await modelsBelow(folder)) {
      const [repository, snapshots, commit, ...inside] = relative(folder, model.path).split(sep);
      const [, user, name] = /^models--(.+?)--(.+)$/u.exec(repository ?? "") ?? [];
      if (user === undefined || name === undefined || snapshots !== "snapshots") continue;
      const path = [user, name, ...inside].join("/");
      models.push(facts(model, "Hugging Face", path, `hf:${path}#${commit}`));
    }
  }
  return models;
}

/** `PUBLISHER/MODEL/FILE`, as on the hub. */
async function inLmStudio(machine: Machine): Promise<ModelFileFacts[]> {
  const pointer = await textOf(lmStudioPointer(machine));
  const models: ModelFileFacts[] = [];
  for (const home of lmStudioHomes(machine, pointer?.trim() ?? null)) {
    const chosen = settingsSchema.safeParse(
      parsedJson((await textOf(join(home, "settings.json"))) ?? ""),
    );
    const folders = [
      join(home, "models"),
      ...(chosen.success ? [chosen.data.downloadsFolder] : []),
    ];
    for (const folder of new Set(folders)) {
      for (const model of await modelsBelow(folder)) {
        const path = relative(folder, model.path).split(sep);
        const source = path.length === 3 ? `hf:${path.join("/")}` : null;
        models.push(facts(model, "LM Studio", path.join("/"), source));
      }
    }
  }
  return models;
}

const settingsSchema = z.object({ downloadsFolder: z.string().min(1) });

async function inLlamaCpp(machine: Machine): Promise<ModelFileFacts[]> {
  const models = await modelsBelow(llamaCppFolder(machine));
  return models.map((model) => facts(model, "llama.cpp", basename(model.path)));
}

/** `manifests/REGISTRY/NAMESPACE/MODEL/TAG` name the blobs that a model consists of. */
async function inOllama(machine: Machine): Promise<ModelFileFacts[]> {
  const models: ModelFileFacts[] = [];
  for (const folder of ollamaFolders(machine)) {
    const manifests = join(folder, "manifests");
    for (const file of await filesBelow(manifests)) {
      const digest = modelLayerOf(await textOf(file));
      const model = digest === null ? null : await wholeModel(join(folder, "blobs", digest));
      if (model === null) continue;
      models.push(facts(model, "Ollama", ollamaName(relative(manifests, file).split(sep))));
    }
  }
  return models;
}

const manifestSchema = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })),
});

/** The name of the blob that holds a model's weights; null: the manifest has none. */
function modelLayerOf(manifest: string | null): string | null {
  const parsed = manifestSchema.safeParse(parsedJson(manifest ?? ""));
  const layer = parsed.data?.layers.find(
    ({ mediaType }) => mediaType === "application/vnd.ollama.image.model",
  );
  const [, digest] = /^sha256:([0-9a-f]{64})$/u.exec(layer?.digest ?? "") ?? [];
  return digest === undefined ? null : `sha256-${digest}`;
}

/** As Ollama writes it: without its own registry and library. */
function ollamaName(path: readonly string[]): string {
  const [registry = "", namespace = "", ...rest] = path;
  const tag = rest.pop() ?? "";
  const model = namespace === "library" ? rest : [namespace, ...rest];
  const host = registry === "registry.ollama.ai" ? [] : [registry];
  return `${[...host, ...model].join("/")}:${tag}`;
}

/** Of small files; null: there is none that can be read. */
async function textOf(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}
