import { isAbsolute, join } from "node:path";
import { beforeAfterName } from "../../analysis/presentation/modelName";
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

/** The one model of a pair that lacks the other; null: it has both, or there is none. */
export function onlyModel(pair: ResolvedPair | NoPair): Role | null {
  if ("problem" in pair) return null;
  if (pair.rlhf === null) return "base";
  return pair.base === null ? "rlhf" : null;
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

/** What a pair of the settings calls the embedded models, whose files move with every version. */
const EMBEDDED_MODELS = { base: "embedded:base", rlhf: "embedded:rlhf" } as const;

function embeddedRole(model: string | undefined): Role | undefined {
  return ROLES.find((role) => EMBEDDED_MODELS[role] === model);
}

/** Models of a pair; of one that names adapters alone, the embedded ones. null: it has none. */
export function modelsOf(
  pair: Pair,
  embedded: ResolvedPair | null,
): Readonly<Record<Role, ChosenModel | null>> {
  const isEmbedded = hasAdaptersAlone(pair);
  const chosen = (role: Role) => {
    const ofEmbedded = isEmbedded ? role : embeddedRole(pair[role]);
    const path = ofEmbedded ? embedded?.[ofEmbedded]?.path : pair[role];
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
  const isNamed = embeddedRole(model) !== undefined;
  if (model !== undefined && !isNamed && !isAbsolute(model))
    return `The ${whose} has ${relative(model)}`;
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

/** A pair of a model as it is, as base, and with an adapter. @param model its file */
export function pairOfBeforeAfter(
  model: string,
  adapter: string,
  embedded: ResolvedPair | null,
): Pair {
  const role = ROLES.find((one) => embedded?.[one]?.path === model);
  const named = role ? EMBEDDED_MODELS[role] : model;
  const name = beforeAfterName(model, adapter);
  return { name, base: named, rlhf: named, rlhfAdapter: adapter };
}

/** The picked pair with `path` as its `role`; the other model stays only while that pair is in use. */
export function pickedPair(pairs: readonly Pair[], inUse: string, role: Role, path: string): Pair {
  const current =
    inUse === PICKED_PAIR ? pairs.find(({ name }) => name === PICKED_PAIR) : undefined;
  return { ...withAdapter({ ...current, name: PICKED_PAIR }, role, null), [role]: path };
}
