import type { Vocabulary } from "./engine";

/** `llama_token_attr` bits of {@link Vocabulary.attributes}. */
export const TokenAttribute = {
  Unknown: 1,
  Unused: 1 << 1,
  Control: 1 << 3,
  UserDefined: 1 << 4,
  Byte: 1 << 5,
} as const;

export function pieceBytes({ bytes, offsets }: Vocabulary, id: number): Uint8Array {
  return bytes.subarray(offsets[id], offsets[id + 1]);
}

/** Whether a token is control of the conversation and no text. */
export function isControl({ attributes }: Vocabulary, id: number): boolean {
  return ((attributes[id] ?? 0) & TokenAttribute.Control) !== 0;
}

/** The text of tokens, one piece after the other; bytes that are no character become U+FFFD. */
export function textOfPieces(vocabulary: Vocabulary, ids: Iterable<number>): string {
  const pieces = Array.from(ids, (id) => pieceBytes(vocabulary, id));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(pieces));
}
