import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import * as z from "zod";
import { pairSchema, type Pair } from "../../protocol/settings";
import { type ChosenModel, withoutAdapter } from "../../protocol/modelIdentity";
import { type Role, ROLE_NAMES } from "../../protocol/roles";
import { Failure } from "../exit";
import type { NamedModels } from "./modelArguments";

/** The models to use; at least one is there. */
export interface ChosenModels {
  readonly base: ChosenModel | null;
  readonly rlhf: ChosenModel | null;
}

/** Where models and pairs are looked for. */
export interface Places {
  /** Folder of the embedded pair. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * @throws Failure when the pair is unknown, names no model or none that is there, the embedded one is not there, or an adapter has
 * no model
 */
export function findModels(named: NamedModels, places: Places): ChosenModels {
  return withAdapters(pairOf(named, places), named);
}

/** @param adapters in place of those that models have already; null: those */
function withAdapters(
  { base, rlhf }: ChosenModels,
  { baseAdapter, rlhfAdapter }: Pick<NamedModels, "baseAdapter" | "rlhfAdapter">,
): ChosenModels {
  return {
    base: adapted("base", base, baseAdapter),
    rlhf: adapted("rlhf", rlhf, rlhfAdapter),
  };
}

function withoutAdapters({ base, rlhf }: Pick<NamedModels, Role>): ChosenModels {
  const bare = (path: string | null) => (path === null ? null : withoutAdapter(path));
  return { base: bare(base), rlhf: bare(rlhf) };
}

function pairOf({ base, rlhf, pair }: NamedModels, places: Places): ChosenModels {
  if (base !== null || rlhf !== null) {
    return withoutAdapters({ base, rlhf });
  }
  return pair === null ? embeddedPair(places.folder) : namedPair(pair, places);
}

function adapted(role: Role, model: ChosenModel | null, adapter: string | null) {
  if (adapter === null) return model;
  if (model !== null) return { ...model, adapter };
  throw new Failure(
    `An adapter is given for the ${ROLE_NAMES[role]} model, but no ${ROLE_NAMES[role]} model that it is added to: name it by --${role}, or in the pair.`,
  );
}

/** `pairs.json`: TWINLENS_PAIRS, else in the user's configuration folder. */
export function pairsFile({ environment, home }: Places): string {
  if (environment.TWINLENS_PAIRS) return environment.TWINLENS_PAIRS;
  const folder = environment.XDG_CONFIG_HOME || environment.APPDATA || join(home, ".config");
  return join(folder, "twinlens", "pairs.json");
}

function embeddedPair(folder: string): ChosenModels {
  const existing = (name: string) => {
    const path = join(folder, name);
    return existsSync(path) ? withoutAdapter(path) : null;
  };
  const pair = { base: existing("twin-base.gguf"), rlhf: existing("twin-rlhf.gguf") };
  if (pair.base === null && pair.rlhf === null) {
    throw new Failure("No model is given, and no pair came with Twinlens. Use --base and --rlhf.");
  }
  return pair;
}

function namedPair(name: string, places: Places): ChosenModels {
  const file = pairsFile(places);
  const pairs = readPairs(file);
  const pair = pairs.find((candidate) => candidate.name === name);
  if (pair === undefined) {
    const known = pairs.map((candidate) => `"${candidate.name}"`).join(", ") || "none";
    throw new Failure(`${file} has no pair "${name}"; it has: ${known}.`);
  }
  const path = (named: string | undefined) =>
    named === undefined ? null : pathBeside(file, name, named);
  const [base, rlhf] = [path(pair.base), path(pair.rlhf)];
  const [baseAdapter, rlhfAdapter] = [path(pair.baseAdapter), path(pair.rlhfAdapter)];
  const [hasModels, hasAdapters] = [base ?? rlhf, baseAdapter ?? rlhfAdapter].map(
    (one) => one !== null,
  );
  if (!hasModels && !hasAdapters) {
    throw new Failure(`The pair "${name}" in ${file} names no model.`);
  }
  const models = hasModels ? withoutAdapters({ base, rlhf }) : embeddedPair(places.folder);
  return withAdapters(models, { baseAdapter, rlhfAdapter });
}

/** A model or adapter of the pair called `name`, relative to the list's own folder. @throws Failure where there is no such file */
function pathBeside(list: string, name: string, named: string): string {
  const path = resolve(dirname(list), named);
  if (!isAbsolute(named) && !existsSync(path)) {
    throw new Failure(
      `The pair "${name}" names "${named}", which counts from the folder of ${list}: there is no file ${path}.`,
    );
  }
  return path;
}

function readPairs(file: string): Pair[] {
  try {
    return z.array(pairSchema).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof z.ZodError) {
      throw new Failure(`${file} is no list of pairs: ${z.prettifyError(error)}`);
    }
    throw new Failure(`Pairs could not be read: ${error instanceof Error ? error.message : ""}`);
  }
}
