/** Whether a study's adapters were made of the models that they are added to. */
import { adapterCaution } from "../../analysis/scores/cautions";
import { type ChosenModel, withoutAdapter } from "../../protocol/modelIdentity";
import type { LoadedFacts } from "../../protocol/scores";
import type { KnownDigest } from "../models/adapterOrigin";
import type { PairWork } from "./planStudy";

/**
 * Digests of a pair's models without their adapters: those that the study has found for its stages; another model is read
 * through once.
 * @param digest SHA-256 of a model
 */
export function bareDigests(
  { pair, sha256 }: Pick<PairWork, "pair" | "sha256">,
  digest: (model: ChosenModel) => Promise<string>,
): KnownDigest {
  const found = new Map<string, Promise<string>>();
  for (const { name, path, adapter } of pair.stages) {
    const known = sha256.get(name);
    if (adapter === null && known !== undefined) found.set(path, Promise.resolve(known));
  }
  return ({ path }) => {
    const bare = found.get(path) ?? digest(withoutAdapter(path));
    found.set(path, bare);
    return bare;
  };
}

/**
 * Tells of adapters that were made of another model, of each once.
 * @returns what looks at the models that were loaded so far
 */
export function tellerOfAdapters(
  tell: (caution: string) => void,
): (facts: readonly LoadedFacts[]) => void {
  const told = new Set<string>();
  return (facts) => {
    for (const caution of facts.flatMap(adapterCaution)) {
      if (!told.has(caution)) tell(caution);
      told.add(caution);
    }
  };
}
