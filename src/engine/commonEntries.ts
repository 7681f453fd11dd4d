import type { Vocabulary } from "./engine";
import { pieceBytes } from "./pieces";

/** Entries that two vocabularies have in common: entry `[i]` of one is entry `[i]` of the other. */
export interface CommonEntries {
  readonly ids: readonly [Int32Array, Int32Array];
  /** Neither has another, and each has the same number in both. */
  readonly areAll: boolean;
}

/**
 * Pairs entries of equal pieces and attributes. Of several that are equal those of one number belong together, else the first ones
 * that have found no other.
 */
export function commonEntries(first: Vocabulary, second: Vocabulary): CommonEntries {
  const [keys, others] = [keysOf(first), keysOf(second)];
  const ids: [number, number][] = [];
  const free = new Map<string, number[]>();
  others.forEach((key, id) => {
    if (keys[id] === key) return;
    const known = free.get(key);
    if (known) known.push(id);
    else free.set(key, [id]);
  });
  keys.forEach((key, id) => {
    const other = others[id] === key ? id : free.get(key)?.shift();
    if (other !== undefined) ids.push([id, other]);
  });
  return {
    ids: [Int32Array.from(ids, ([id]) => id), Int32Array.from(ids, ([, id]) => id)],
    areAll:
      ids.length === keys.length &&
      ids.length === others.length &&
      ids.every(([id, other]) => id === other),
  };
}

function keysOf(vocabulary: Vocabulary): string[] {
  return Array.from(vocabulary.attributes, (attributes, id) => {
    const bytes = Buffer.from(pieceBytes(vocabulary, id)).toString("latin1");
    return `${attributes} ${bytes}`;
  });
}
