/** What the command line knows of models: what catalogues offer, and what lies on this machine. */
import { join, resolve } from "node:path";
import { availableMemory } from "../../engine/freeMemory";
import type { CatalogModel } from "../../formats/catalog/catalogSchema";
import {
  parseSource,
  type Source,
  SourceError,
  sourceText,
  withoutSecrets,
} from "../../formats/catalog/source";
import { type BegunModel, listBegun } from "../../jobs/models/begun";
import { entryOf, readCatalogs } from "../../jobs/models/catalogs";
import { freeOnDisk } from "../../jobs/models/freeOnDisk";
import { modelsOnMachine } from "../../jobs/models/modelsOnMachine";
import { offersOf } from "../../jobs/models/offers";
import { hubOf } from "../../jobs/models/sources";
import type { ModelFileFacts, OfferedModel, OfferedPair } from "../../protocol/modelFiles";
import { modelsFolder } from "../arguments/dataFolder";
import type { Places } from "../arguments/modelPaths";
import type { ModelsOptions } from "../arguments/modelsArguments";
import { Failure, UsageError } from "../exit";

export interface KnownModels {
  /** Of kept models. */
  readonly folder: string;
  /** Free on its disk, bytes; null: not known. */
  readonly freeBytes: number | null;
  /** As of `hubOf`. */
  readonly hub: string;
  readonly here: readonly ModelFileFacts[];
  /** Begun, and not whole. */
  readonly begun: readonly BegunModel[];
  readonly catalog: readonly CatalogModel[];
  readonly models: readonly OfferedModel[];
  readonly pairs: readonly OfferedPair[];
  /** What is wrong with catalogues. */
  readonly problems: readonly string[];
}

/** @throws Failure where HF_ENDPOINT is no address */
export async function knownModels(
  { folder: asked, catalogs }: Pick<ModelsOptions, "folder" | "catalogs">,
  places: Places,
  platform: NodeJS.Platform,
): Promise<KnownModels> {
  const { environment, home } = places;
  const folder = resolve(asked ?? modelsFolder(places));
  const hub = orFailure(() => hubOf(environment));
  const builtIn = join(places.folder, "catalog.json");
  const { models: catalog, problems } = await readCatalogs([
    builtIn,
    ...catalogs.map((file) => resolve(file)),
  ]);
  const here = await modelsOnMachine(folder, { environment, home, platform });
  const offers = offersOf(catalog, here, availableMemory());
  const begun = await listBegun(folder, hub);
  return {
    ...offers,
    folder,
    freeBytes: await freeOnDisk(folder),
    hub,
    here,
    begun,
    catalog,
    problems,
  };
}

/** A model that a user has named. */
export interface NamedModel {
  readonly name: string;
  readonly source: Source;
  /** What a catalogue says of it; null: none knows it. */
  readonly known: CatalogModel | null;
}

/**
 * The models that names stand for: models and pairs of catalogues, and sources; each once.
 * @throws Failure for a name that nobody knows, UsageError for a source that is none
 */
export function namedModels(
  names: readonly string[],
  { catalog, pairs, hub }: KnownModels,
): NamedModel[] {
  const models: NamedModel[] = [];
  for (const name of names) {
    const pair = pairs.find((one) => one.name === name);
    const meant = pair ? [pair.base.name, pair.rlhf.name] : [name];
    for (const one of meant) {
      const model = namedModel(one, catalog, hub);
      const key = sourceText(model.source);
      if (models.some(({ source }) => sourceText(source) === key)) continue;
      // Two repositories may have a file of the same name.
      const isTaken = models.some(({ name: other }) => other === model.name);
      models.push(isTaken ? { ...model, name: key } : model);
    }
  }
  return models;
}

function namedModel(name: string, catalog: readonly CatalogModel[], hub: string): NamedModel {
  const known = catalog.find((model) => model.name === name);
  if (known) return { name, source: parseSource(known.source), known };
  if (!/^(?:hf|https?):/iu.test(name)) {
    throw new Failure(
      `No catalogue has a model or a pair "${name}": "twinlens models list" shows them. hf:user/repository/file.gguf and addresses of .gguf files are taken as well.`,
    );
  }
  const source = sourceOf(name, hub);
  const same = entryOf(catalog, source);
  return { name: same?.name ?? source.fileName, source, known: same };
}

function sourceOf(text: string, hub: string): Source {
  try {
    return parseSource(text, hub);
  } catch (error) {
    if (error instanceof SourceError)
      throw new UsageError(`"${withoutSecrets(text)}": ${error.message}.`);
    throw error;
  }
}

function orFailure<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SourceError) throw new Failure(error.message);
    throw error;
  }
}
