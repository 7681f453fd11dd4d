import { pairName } from "../../analysis/presentation/modelName";
import { type Role, ROLES } from "../../protocol/roles";
import type { Pair } from "../../protocol/settings";
import { ADAPTERS, EMBEDDED_PAIR, withAdapter, withPair } from "./pairs";

/** Pairs of the settings, and which of them is to be used. */
export interface PairChoice {
  /** Its name; empty: the embedded pair. */
  readonly pair: string;
  readonly pairs: readonly Pair[];
}

/**
 * Gives a model of the pair in use another adapter, or none. The embedded pair with adapters is a pair of the settings that
 * is called after them, and is gone when they are.
 * @param inUse the pair's name; empty: the embedded pair
 */
export function chooseAdapterOf(
  pairs: readonly Pair[],
  inUse: string,
  role: Role,
  adapter: string | null,
): PairChoice {
  const before = pairs.find(({ name }) => name === inUse) ?? { name: EMBEDDED_PAIR };
  const changed = withAdapter(before, role, adapter);
  const others = pairs.filter((pair) => pair !== before);
  if (isEmpty(changed)) return { pair: "", pairs: others };
  if (!isCalledAfterAdapters(before)) {
    return { pair: changed.name, pairs: withPair(pairs, changed) };
  }
  const same = others.find((other) => haveSameFiles(other, changed));
  if (same) return { pair: same.name, pairs: others };
  const pair = freeName(adaptersName(changed), others);
  return { pair, pairs: [...others, { ...changed, name: pair }] };
}

function isEmpty(pair: Pair): boolean {
  return haveSameFiles(pair, { name: "" });
}

function haveSameFiles(a: Pair, b: Pair): boolean {
  return ROLES.every((role) => a[role] === b[role] && a[ADAPTERS[role]] === b[ADAPTERS[role]]);
}

/** Not by the user. */
function isCalledAfterAdapters(pair: Pair): boolean {
  const isEmbedded = ROLES.every((role) => pair[role] === undefined);
  return isEmbedded && pair.name.replace(/ \(\d+\)$/, "") === adaptersName(pair);
}

function adaptersName({ baseAdapter, rlhfAdapter }: Pair): string {
  return pairName(EMBEDDED_PAIR, { base: baseAdapter ?? null, rlhf: rlhfAdapter ?? null });
}

/** Adapters of several folders may have one name. */
function freeName(name: string, pairs: readonly Pair[]): string {
  const isFree = (candidate: string) => pairs.every((pair) => pair.name !== candidate);
  if (isFree(name)) return name;
  let number = 2;
  while (!isFree(`${name} (${number})`)) number++;
  return `${name} (${number})`;
}
