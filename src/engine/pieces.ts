import type { Vocabulary } from "./engine";

/** `llama_token_attr` bits of {@link Vocabulary.attributes}. */
export const TokenAttribute = {
  Unknown: 1,
  Unused: 1 << 1,
  Control: 1 << 3,
  UserDefined: 1 << 4,
  Byte: 1 << 5,
  /** The token takes the blanks before it. */
  LeftStrip: 1 << 7,
  /** The token takes the blanks behind it. */
  RightStrip: 1 << 8,
} as const;

export const BLANK = 0x20;

/** What C's `isspace` takes for a blank; a byte of UTF-8, or a unit of UTF-16. */
export function isBlank(code: number): boolean {
  return code === BLANK || (code >= 0x09 && code <= 0x0d);
}

export function pieceBytes({ bytes, offsets }: Vocabulary, id: number): Uint8Array {
  return bytes.subarray(offsets[id], offsets[id + 1]);
}

const singleBytes = new WeakMap<Vocabulary, ReadonlySet<number>>();

/**
 * The bytes that are a token by themselves. A BPE tokenizer leaves out every other byte of a text that no longer piece
 * holds: a few control characters in SmolLM2's vocabulary and in Falcon's.
 */
export function bytesWithToken(vocabulary: Vocabulary): ReadonlySet<number> {
  const known = singleBytes.get(vocabulary);
  if (known) return known;
  const { bytes, offsets, attributes } = vocabulary;
  const found = new Set<number>();
  for (let id = 0; id < attributes.length; id++) {
    if (offsets[id + 1]! - offsets[id]! === 1) found.add(bytes[offsets[id]!]!);
  }
  singleBytes.set(vocabulary, found);
  return found;
}

/** Whether a token controls the conversation and is no text. */
export function isControl({ attributes }: Vocabulary, id: number): boolean {
  return ((attributes[id] ?? 0) & TokenAttribute.Control) !== 0;
}

/** The text of tokens, one piece after the other; bytes that are no character become U+FFFD. */
export function textOfPieces(vocabulary: Vocabulary, ids: Iterable<number>): string {
  const pieces = Array.from(ids, (id) => pieceBytes(vocabulary, id));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(pieces));
}
