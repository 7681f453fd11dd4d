import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import * as z from "zod";
import { pairSchema, type Pair } from "../../protocol/settings";
import type { ScoreOptions } from "./arguments";
import { Failure } from "../exit";

/** Paths of the models to use; at least one is there. */
export interface ModelPaths {
  readonly base: string | null;
  readonly rlhf: string | null;
}

/** Where models and pairs are looked for. */
export interface Places {
  /** Folder of the embedded pair. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** @throws Failure when the pair is unknown, names no model or none that is there, or the embedded one is not there */
export function findModels(
  options: Pick<ScoreOptions, "base" | "rlhf" | "pair">,
  places: Places,
): ModelPaths {
  if (options.base !== null || options.rlhf !== null) {
    return { base: options.base, rlhf: options.rlhf };
  }
  return options.pair === null ? embeddedPair(places.folder) : namedPair(options.pair, places);
}

/** `pairs.json`: TWINLENS_PAIRS, else in the user's configuration folder. */
export function pairsFile({ environment, home }: Places): string {
  if (environment.TWINLENS_PAIRS) return environment.TWINLENS_PAIRS;
  const folder = environment.XDG_CONFIG_HOME || environment.APPDATA || join(home, ".config");
  return join(folder, "twinlens", "pairs.json");
}

function embeddedPair(folder: string): ModelPaths {
  const existing = (name: string) => {
    const path = join(folder, name);
    return existsSync(path) ? path : null;
  };
  const pair = { base: existing("twin-base.gguf"), rlhf: existing("twin-rlhf.gguf") };
  if (pair.base === null && pair.rlhf === null) {
    throw new Failure("No model is given, and no pair came with Twinlens. Use --base and --rlhf.");
  }
  return pair;
}

function namedPair(name: string, places: Places): ModelPaths {
  const file = pairsFile(places);
  const pairs = readPairs(file);
  const pair = pairs.find((candidate) => candidate.name === name);
  if (pair === undefined) {
    const known = pairs.map((candidate) => `"${candidate.name}"`).join(", ") || "none";
    throw new Failure(`${file} has no pair "${name}"; it has: ${known}.`);
  }
  const path = (model: string | undefined) =>
    model === undefined ? null : pathBeside(file, name, model);
  const paths = { base: path(pair.base), rlhf: path(pair.rlhf) };
  if (paths.base === null && paths.rlhf === null) {
    throw new Failure(`The pair "${name}" in ${file} names no model.`);
  }
  return paths;
}

/** A model of the pair called `name`, relative to the list's own folder. @throws Failure where there is no such file */
function pathBeside(list: string, name: string, model: string): string {
  const path = resolve(dirname(list), model);
  if (!isAbsolute(model) && !existsSync(path)) {
    throw new Failure(
      `The pair "${name}" names "${model}", which counts from the folder of ${list}: there is no file ${path}.`,
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
