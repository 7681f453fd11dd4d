/** Names in the order of how near they are to what was written: by edits, then as they come. */
export function nearestFirst<T extends string>(written: string, names: readonly T[]): T[] {
  // What is far longer than any name is near to none.
  const start = written.slice(0, MOST_CHARACTERS);
  return names
    .map((name) => ({ name, edits: editsBetween(start, name) }))
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name);
}

const MOST_CHARACTERS = 100;

/** Levenshtein distance, UTF-16 units; costs the product of the lengths. */
function editsBetween(from: string, to: string): number {
  // Of the part of `from` so far, to the first i units of `to`.
  let edits = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = edits[j]! + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(replaced, edits[j + 1]! + 1, next[j]! + 1));
    }
    edits = next;
  }
  return edits[to.length]!;
}
