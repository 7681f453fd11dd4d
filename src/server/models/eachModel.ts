import type { Role } from "../../protocol/roles";
import type { Models } from "./models";
import type { Model } from "./slot";

/** Loading that is told of. */
export interface Loading {
  readonly onLoading: (role: Role, fraction: number) => void;
  /** Models are there, or are loaded in turns. */
  readonly onLoaded?: () => void;
  readonly signal: AbortSignal;
}

/**
 * Has models of the pair do a piece of work each: at once where memory holds both, as the engine runs them side by side where the
 * processor has room, else in turns. Fails when all have ended and one has failed, or with the first that fails in turns.
 */
export async function eachModel<T>(
  models: Models,
  roles: readonly Role[],
  { onLoading, onLoaded, signal }: Loading,
  work: (role: Role, model: Model) => Promise<T>,
): Promise<T[]> {
  const together = await models.loadTogether(onLoading, signal);
  onLoaded?.();
  const run = async (role: Role) => {
    const model = await models.load(role, (fraction) => onLoading(role, fraction), signal);
    return work(role, model);
  };
  return together ? all(roles, run) : oneByOne(roles, run);
}

export async function all<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const settled = await Promise.allSettled(items.map(run));
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

export async function oneByOne<T, R>(
  items: readonly T[],
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await run(item));
  return results;
}
