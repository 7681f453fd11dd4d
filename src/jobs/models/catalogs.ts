import { readFile, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import type { CatalogModel } from "../../formats/catalog/catalogSchema";
import { type Catalog, parseCatalog } from "../../formats/catalog/parseCatalog";
import { isSameSource, parseSource, type Source } from "../../formats/catalog/source";

/** Models of several catalogues, and what is wrong with them. */
export interface Catalogs {
  readonly models: readonly CatalogModel[];
  readonly problems: readonly string[];
}

/** What catalogues say of a source; null: none knows it. */
export function entryOf(models: readonly CatalogModel[], source: Source): CatalogModel | null {
  return models.find((model) => isSameSource(parseSource(model.source), source)) ?? null;
}

/** A thousand models take less. */
const LARGEST = 4 * 2 ** 20;

/**
 * Reads catalogues; what is wrong with one keeps no other from being offered.
 * @param files the built-in one, then the user's own, as whole paths
 */
export async function readCatalogs(files: readonly string[]): Promise<Catalogs> {
  const models = new Map<string, CatalogModel>();
  const problems: string[] = [];
  for (const file of files) {
    const catalog = await readCatalog(file);
    problems.push(...catalog.faults.map((fault) => `${file}: ${fault}`));
    for (const model of catalog.models) {
      if (models.has(model.name)) {
        problems.push(
          `${file}: another catalogue has a model "${model.name}"; this one is left out.`,
        );
      } else models.set(model.name, model);
    }
  }
  return { models: [...models.values()], problems };
}

async function readCatalog(file: string): Promise<Catalog> {
  if (!isAbsolute(file)) {
    return { models: [], faults: ['A catalogue is named by its whole path, without "~".'] };
  }
  try {
    const { size } = await stat(file);
    if (size > LARGEST) return { models: [], faults: ["It is too long for a catalogue."] };
    const text = await readFile(file, "utf8");
    return parseCatalog(text.replace(/^\uFEFF/u, ""));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { models: [], faults: [`It can't be read: ${message}`] };
  }
}
