import { isAbsolute, join } from "node:path";
import { type Role, ROLE_NAMES, ROLES } from "../../protocol/roles";
import type { Pair } from "../../protocol/settings";

/** What the pair is called that "Use as Base Model" and "Use as RLHF Model" put together. */
const PICKED_PAIR = "Picked in the Explorer";

/** A pair with absolute paths; null where there is no such model. */
export interface ResolvedPair {
  readonly name: string;
  readonly base: string | null;
  readonly rlhf: string | null;
}

/** Why there is no pair to work with. */
export interface NoPair {
  readonly problem: string;
}

/** The embedded pair's name; in settings an empty name stands for it. */
export const EMBEDDED_PAIR = "Embedded pair";

/** The pair called `name`, or why there is none. An empty name is the embedded pair. */
export function resolvePair(
  pairs: readonly Pair[],
  name: string,
  embedded: ResolvedPair | null,
): ResolvedPair | NoPair {
  if (name === "") return embedded ?? { problem: "No pair of models is chosen." };
  const pair = pairs.find((candidate) => candidate.name === name);
  if (pair === undefined) return { problem: `There is no pair called "${name}".` };
  const relative = ROLES.find((role) => pair[role] !== undefined && !isAbsolute(pair[role]));
  if (relative !== undefined) {
    return {
      problem: `The ${ROLE_NAMES[relative]} model of the pair "${name}" has a relative path, "${pair[relative]}": the setting twinlens.pairs needs whole paths, without "~".`,
    };
  }
  const { base = null, rlhf = null } = pair;
  return base === null && rlhf === null
    ? { problem: `The pair "${name}" names no model.` }
    : { name, base, rlhf };
}

/** The pair that is shipped in the extension's folder, as far as its files exist. */
export function embeddedPair(
  extensionPath: string,
  exists: (path: string) => boolean,
): ResolvedPair | null {
  const existing = (file: string) => {
    const path = join(extensionPath, "models", file);
    return exists(path) ? path : null;
  };
  const base = existing("twin-base.gguf");
  const rlhf = existing("twin-rlhf.gguf");
  return base === null && rlhf === null ? null : { name: EMBEDDED_PAIR, base, rlhf };
}

/** The pairs with `pair` in the place of the one with its name, or at the end. */
export function withPair(pairs: readonly Pair[], pair: Pair): readonly Pair[] {
  const isKnown = pairs.some((other) => other.name === pair.name);
  return isKnown
    ? pairs.map((other) => (other.name === pair.name ? pair : other))
    : [...pairs, pair];
}

/** The picked pair with `path` as its `role`; the other model stays only while that pair is in use. */
export function pickedPair(pairs: readonly Pair[], inUse: string, role: Role, path: string): Pair {
  const current =
    inUse === PICKED_PAIR ? pairs.find(({ name }) => name === PICKED_PAIR) : undefined;
  return { ...current, name: PICKED_PAIR, [role]: path };
}
