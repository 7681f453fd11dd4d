import { isAbsolute, join } from "node:path";
import { type ChosenModel, withoutAdapter } from "../../protocol/modelIdentity";
import { type Role, ROLE_NAMES, ROLES } from "../../protocol/roles";
import type { Pair } from "../../protocol/settings";

/** What the pair is called that "Use as Base Model" and "Use as RLHF Model" put together. */
const PICKED_PAIR = "Picked in the Explorer";

/** A pair with absolute paths; null where there is no such model. */
export interface ResolvedPair {
  readonly name: string;
  readonly base: ChosenModel | null;
  readonly rlhf: ChosenModel | null;
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
  const problem = ROLES.map((role) => roleProblem(pair, role)).find((one) => one !== null);
  if (problem) return { problem };
  const { base, rlhf } = modelsOf(pair, embedded);
  return base === null && rlhf === null
    ? { problem: `The pair "${name}" names no model.` }
    : { name, base, rlhf };
}

/** Where a pair has the adapter of a model. */
export const ADAPTERS = { base: "baseAdapter", rlhf: "rlhfAdapter" } as const;

/** Models of a pair; of one that names adapters alone, the embedded ones. null: it has none. */
export function modelsOf(
  pair: Pair,
  embedded: ResolvedPair | null,
): Readonly<Record<Role, ChosenModel | null>> {
  const isEmbedded = hasAdaptersAlone(pair);
  const chosen = (role: Role) => {
    const path = isEmbedded ? embedded?.[role]?.path : pair[role];
    return path === undefined ? null : { path, adapter: pair[ADAPTERS[role]] ?? null };
  };
  return { base: chosen("base"), rlhf: chosen("rlhf") };
}

function hasAdaptersAlone(pair: Pair): boolean {
  return (
    ROLES.every((role) => pair[role] === undefined) &&
    ROLES.some((role) => pair[ADAPTERS[role]] !== undefined)
  );
}

/** The pair with another adapter for a model, or none. */
export function withAdapter(pair: Pair, role: Role, adapter: string | null): Pair {
  const kept = Object.entries(pair).filter(([key]) => key !== ADAPTERS[role]);
  const added = adapter === null ? {} : { [ADAPTERS[role]]: adapter };
  return { ...(Object.fromEntries(kept) as Pair), ...added };
}

/** What keeps a model of a pair from being used; null: nothing. */
function roleProblem(pair: Pair, role: Role): string | null {
  const [model, adapter] = [pair[role], pair[ADAPTERS[role]]];
  const whose = `${ROLE_NAMES[role]} model of the pair "${pair.name}"`;
  const relative = (path: string) =>
    `a relative path, "${path}": the setting twinlens.pairs needs whole paths, without "~".`;
  if (model !== undefined && !isAbsolute(model)) return `The ${whose} has ${relative(model)}`;
  if (adapter === undefined) return null;
  if (model === undefined && !hasAdaptersAlone(pair))
    return `There is an adapter, but no ${whose} that it is added to.`;
  return isAbsolute(adapter) ? null : `The adapter of the ${whose} has ${relative(adapter)}`;
}

/** The pair that is shipped in the extension's folder, as far as its files exist. */
export function embeddedPair(
  extensionPath: string,
  exists: (path: string) => boolean,
): ResolvedPair | null {
  const existing = (file: string) => {
    const path = join(extensionPath, "models", file);
    return exists(path) ? withoutAdapter(path) : null;
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
  return { ...withAdapter({ ...current, name: PICKED_PAIR }, role, null), [role]: path };
}
