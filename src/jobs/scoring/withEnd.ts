import type { Tokenization, Vocabulary } from "../../engine/engine";

/**
 * A text's tokens with its end as one more, so that what is expected behind the last one is read as well. No score depends on
 * the token that stands there.
 * @param length of the text, UTF-16 units
 */
export function withEnd(
  tokens: Tokenization,
  length: number,
  { endOfGeneration }: Vocabulary,
): Tokenization {
  const count = tokens.id.length;
  const id = new Int32Array(count + 1);
  const start = new Uint32Array(count + 1).fill(length);
  const endExclusive = start.slice();
  id.set(tokens.id);
  id[count] = endOfGeneration[0] ?? 0;
  start.set(tokens.start);
  endExclusive.set(tokens.endExclusive);
  return { ...tokens, id, start, endExclusive };
}
