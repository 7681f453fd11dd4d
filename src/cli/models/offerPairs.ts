import type { OfferedPair } from "../../protocol/modelFiles";
import type { Getting } from "./getting";
import { addPair } from "./pairsList";

/**
 * Makes pairs that are whole now ones that `--pair` knows, and says how to use them.
 * @param got paths by name
 * @param file `pairs.json`
 */
export async function offerPairs(
  got: ReadonlyMap<string, string>,
  file: string,
  getting: Getting,
): Promise<void> {
  for (const pair of getting.known.pairs) {
    const isMeant = got.has(pair.base.name) || got.has(pair.rlhf.name);
    const base = got.get(pair.base.name) ?? pair.base.path;
    const rlhf = got.get(pair.rlhf.name) ?? pair.rlhf.path;
    if (isMeant && base !== null && rlhf !== null) {
      await offerPair({ name: pair.name, base, rlhf }, file, getting);
    }
  }
}

async function offerPair(
  pair: { readonly name: OfferedPair["name"]; readonly base: string; readonly rlhf: string },
  file: string,
  { messages, problems }: Getting,
): Promise<void> {
  const refusal = await problems.noting(
    file,
    addPair(file, pair).then((reason) => ({ reason })),
  );
  if (refusal?.reason) problems.warn(refusal.reason);
  const models =
    refusal?.reason === null
      ? `--pair ${pair.name}`
      : `--base ${quoted(pair.base)} --rlhf ${quoted(pair.rlhf)}`;
  messages.write(`twinlens: Both models of a pair are there: twinlens score FILE ${models}\n`);
}

/** For a shell, where it needs that. */
function quoted(path: string): string {
  return /^[\w./\\:@+-]+$/u.test(path) ? path : `"${path}"`;
}
