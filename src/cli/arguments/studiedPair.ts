import { basename, resolve } from "node:path";
import { pairName } from "../../analysis/presentation/modelName";
import type { Pair } from "../../formats/study/study";
import type { ChosenModel } from "../../protocol/modelIdentity";
import { Failure } from "../exit";
import type { NamedModels } from "./modelArguments";
import type { ChosenModels } from "./modelPaths";

/**
 * The pair of a study that names none.
 * @throws Failure where a model is missing
 */
export function studiedPair(
  { pair, rlhf: given, baseAdapter, rlhfAdapter }: NamedModels,
  { base, rlhf }: ChosenModels,
): Pair {
  if (base === null || rlhf === null) {
    throw new Failure("A study compares two models: give --base and --rlhf.");
  }
  const name = pair ?? (given === null ? "embedded pair" : basename(given, ".gguf"));
  return {
    // An adapter of the list of pairs is part of what its name stands for.
    name: pairName(name, { base: baseAdapter, rlhf: rlhfAdapter }),
    stages: [
      { name: "base", ...resolved(base) },
      { name: "rlhf", ...resolved(rlhf) },
    ],
  };
}

function resolved({ path, adapter }: ChosenModel): ChosenModel {
  return { path: resolve(path), adapter: adapter && resolve(adapter) };
}
