import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Vocabulary } from "../../src/engine/engine";
import { EngineError } from "../../src/engine/errors";
import { locateTokens } from "../../src/engine/offsets";
import { TokenFlag } from "../../src/protocol/scores";

const UNKNOWN = 1;
const BYTE = 1 << 5;

/** A vocabulary whose first 256 entries are the bytes, followed by `pieces`. */
function vocabulary(
  pieces: readonly string[],
  addsSpacePrefix = false,
  unknown?: string,
): Vocabulary {
  const all = [
    ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
    ...pieces.map((piece) => new TextEncoder().encode(piece)),
  ];
  const offsets = new Uint32Array(all.length + 1);
  all.forEach((piece, id) => (offsets[id + 1] = offsets[id]! + piece.length));
  const bytes = new Uint8Array(offsets.at(-1)!);
  all.forEach((piece, id) => bytes.set(piece, offsets[id]));
  const attributes = Uint16Array.from(all, (_, id) => (id < 256 ? BYTE : 0));
  if (unknown !== undefined) attributes[256 + pieces.indexOf(unknown)] = UNKNOWN;
  return { bytes, offsets, attributes, bos: null, endOfGeneration: [], addsSpacePrefix };
}

/** Each token's text, by its range. */
function located(text: string, ids: number[], v: Vocabulary): string[] {
  const { start, endExclusive } = locateTokens(text, Int32Array.from(ids), v);
  return ids.map((_, i) => text.slice(start[i], endExclusive[i]));
}

describe("locateTokens", () => {
  it("finds pieces one after the other", () => {
    const v = vocabulary(["Once", " upon", "\r\n"]);
    expect(located("Once upon\r\n", [256, 257, 258], v)).toEqual(["Once", " upon", "\r\n"]);
  });

  it("gives the tokens of one character that character's whole range", () => {
    const v = vocabulary([]);
    const party = [...new TextEncoder().encode("a🎉b")];
    const { start, endExclusive, flags } = locateTokens("a🎉b", Int32Array.from(party), v);
    expect([...start]).toEqual([0, 1, 1, 1, 1, 3]);
    expect([...endExclusive]).toEqual([1, 3, 3, 3, 3, 4]);
    expect([...flags].map((flag) => (flag & TokenFlag.SharesText) !== 0)).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it("leaves a blank that the tokenizer put in front without text", () => {
    const v = vocabulary([" Once", " "], true);
    expect(located("Once", [256], v)).toEqual(["Once"]);
    const { flags } = locateTokens("Once", Int32Array.from([257, ...Buffer.from("Once")]), v);
    expect(flags[0]! & TokenFlag.NoText).toBe(TokenFlag.NoText);
  });

  it("keeps a blank that is in the text beside the one put in front", () => {
    const v = vocabulary([" ", " Once"], true);
    expect(located(" Once", [256, 257], v)).toEqual(["", " Once"]);
  });

  it("matches a piece's blank with U+2581", () => {
    const v = vocabulary(["a", " b"]);
    expect(located("a\u2581b", [256, 257], v)).toEqual(["a", "\u2581b"]);
  });

  it("gives an unknown token the text up to the next match", () => {
    const v = vocabulary(["<unk>", "z"], false, "<unk>");
    expect(located("äöz", [256, 257], v)).toEqual(["äö", "z"]);
  });

  it("leaves blanks that no token stands for uncovered", () => {
    const v = vocabulary(["<end>", "x"]);
    expect(located("<end>   x", [256, 257], v)).toEqual(["<end>", "x"]);
  });

  it("sees a lone surrogate as U+FFFD", () => {
    const v = vocabulary(["\ufffd"]);
    expect(located("a\ud800b", [97, 256, 98], v)).toEqual(["a", "\ud800", "b"]);
  });

  it("refuses a tokenizer that rewrites the text", () => {
    const v = vocabulary(["hello"]);
    expect(() => located("Hello", [256], v)).toThrow(EngineError);
  });

  it("covers any text that was cut into bytes, without a gap", () => {
    const v = vocabulary([]);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const ids = Int32Array.from(new TextEncoder().encode(text));
        const { start, endExclusive } = locateTokens(text, ids, v);
        let end = 0;
        for (let i = 0; i < ids.length; i++) {
          expect(start[i]).toBeLessThanOrEqual(end);
          end = Math.max(end, endExclusive[i]!);
        }
        expect(end).toBe(text.length);
      }),
    );
  });
});
