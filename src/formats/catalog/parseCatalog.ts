import * as z from "zod/mini";
import { CATALOG_MODELS, isWithin, range } from "../../protocol/bounds";
import { parsedJson } from "../json";
import { type CatalogModel, catalogModelSchema, catalogSchema } from "./catalogSchema";

/** What a catalogue offers. */
export interface Catalog {
  readonly models: readonly CatalogModel[];
  /** What is wrong with the others, or with the whole; each names its entry. */
  readonly faults: readonly string[];
}

const headSchema = z.object({
  version: catalogSchema.shape.version,
  models: z.array(z.unknown()),
});

/** Reads a catalogue, JSON; what is wrong with one model keeps no other from being offered. */
export function parseCatalog(text: string): Catalog {
  const value = parsedJson(text);
  if (value === undefined) return { models: [], faults: ["It is no JSON."] };
  const head = headSchema.safeParse(value);
  if (!head.success) {
    return {
      models: [],
      faults: ['It is no catalogue: {"version": 1, "models": […]} is expected.'],
    };
  }
  const entries = head.data.models;
  if (!isWithin(CATALOG_MODELS, entries.length)) {
    return { models: [], faults: [`A catalogue has ${range(CATALOG_MODELS)} models.`] };
  }
  const models: CatalogModel[] = [];
  const faults: string[] = [];
  for (const [i, entry] of entries.entries()) {
    const parsed = catalogModelSchema.safeParse(entry, { error: z.locales.en().localeError });
    const where = `models.${i}${nameOf(entry)}`;
    if (!parsed.success) {
      const found = parsed.error.issues.map((issue) => `${where}: ${faultOf(issue, entry)}.`);
      faults.push(...new Set(found));
    } else if (models.some(({ name }) => name === parsed.data.name)) {
      faults.push(`${where}: another model has this name.`);
    } else models.push(parsed.data);
  }
  return { models, faults };
}

/** The entry's name, as far as it can be told. */
function nameOf(entry: unknown): string {
  const name = (entry as { name?: unknown } | null)?.name;
  return typeof name === "string" && name !== "" ? ` ("${name.slice(0, LONGEST_SHOWN)}")` : "";
}

const LONGEST_SHOWN = 80;

function faultOf(issue: z.core.$ZodIssue, entry: unknown): string {
  if (issue.code === "unrecognized_keys") {
    const unknown = issue.keys.map((key) => `"${key.slice(0, LONGEST_SHOWN)}"`).join(", ");
    return `there is no setting ${unknown}; there are ${Object.keys(catalogModelSchema.shape).join(", ")}`;
  }
  const place = issue.path.join(".");
  const isMissing =
    issue.path.length === 1 &&
    (entry as Record<PropertyKey, unknown> | null)?.[issue.path[0]!] === undefined;
  const message = isMissing ? "it is missing" : messageOf(issue);
  return place === "" ? message : `${place}: ${message}`;
}

/** Of what may be one of several, what the nearest one lacks. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_union") return issue.message;
  const nearest = issue.errors.flat().find(({ code }) => code !== "invalid_type");
  return nearest?.message ?? issue.message;
}
