/** What stood before a text under a model; null: no prompt. */
interface Reading {
  readonly prompt: string | null;
}

/** The models that read a text after a prompt: `base and RLHF`, or one of them; null: none did. */
export function promptReaders({
  base,
  rlhf,
}: {
  readonly base: Reading | null;
  readonly rlhf: Reading | null;
}): string | null {
  const readers = [...(base?.prompt ? ["base"] : []), ...(rlhf?.prompt ? ["RLHF"] : [])];
  return readers.length === 0 ? null : readers.join(" and ");
}
