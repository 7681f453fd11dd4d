import type { Tokenization } from "../../engine/engine";

/** Of an empty text. */
export function noTokens(): Tokenization {
  return {
    id: new Int32Array(0),
    start: new Uint32Array(0),
    endExclusive: new Uint32Array(0),
    flags: new Uint8Array(0),
    withoutToken: 0,
  };
}

/** Of two texts, one behind the other. @param offset of the second in the whole */
export function joined(a: Tokenization, b: Tokenization, offset: number): Tokenization {
  const count = a.id.length + b.id.length;
  const join = <T extends Int32Array | Uint32Array | Uint8Array>(whole: T, first: T, second: T) => {
    whole.set(first);
    whole.set(second, first.length);
    return whole;
  };
  const moved = (offsets: Uint32Array) => offsets.map((at) => at + offset);
  return {
    id: join(new Int32Array(count), a.id, b.id),
    start: join(new Uint32Array(count), a.start, moved(b.start)),
    endExclusive: join(new Uint32Array(count), a.endExclusive, moved(b.endExclusive)),
    flags: join(new Uint8Array(count), a.flags, b.flags),
    withoutToken: a.withoutToken + b.withoutToken,
  };
}

/** Some of the tokens; copies, which keep nothing else alive. */
export function sliced(tokens: Tokenization, start: number, endExclusive: number): Tokenization {
  return {
    id: tokens.id.slice(start, endExclusive),
    start: tokens.start.slice(start, endExclusive),
    endExclusive: tokens.endExclusive.slice(start, endExclusive),
    flags: tokens.flags.slice(start, endExclusive),
    withoutToken: tokens.withoutToken,
  };
}
