import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Vocabulary } from "../../src/engine/engine";
import { EngineError } from "../../src/engine/errors";
import { locateTokens } from "../../src/engine/child/offsets";
import { TokenFlag } from "../../src/protocol/scores";

const UNKNOWN = 1;
const BYTE = 1 << 5;

const USER_DEFINED = 1 << 4;
const LEFT_STRIP = 1 << 7;
const RIGHT_STRIP = 1 << 8;

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

/** The vocabulary without the tokens of some bytes. */
function lacking(v: Vocabulary, bytes: readonly number[]): Vocabulary {
  // Their pieces take the text of a control token, which no document holds.
  const pieces = Array.from(v.attributes, (_, id) =>
    bytes.includes(id)
      ? new TextEncoder().encode("<gone>")
      : v.bytes.slice(v.offsets[id], v.offsets[id + 1]),
  );
  const offsets = new Uint32Array(pieces.length + 1);
  pieces.forEach((piece, id) => (offsets[id + 1] = offsets[id]! + piece.length));
  return { ...v, offsets, bytes: Uint8Array.from(pieces.flatMap((piece) => [...piece])) };
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

  it("leaves blanks that a token beside them swallowed uncovered", () => {
    const v = vocabulary(["<end>", "x"]);
    v.attributes[256] = USER_DEFINED | RIGHT_STRIP;
    expect(located("<end>   x", [256, 257], v)).toEqual(["<end>", "x"]);
    expect(located("x<end> ", [257, 256], v)).toEqual(["x", "<end>"]);
    expect(() => located("x  <end>", [257, 256], v)).toThrow("line 1");
    v.attributes[256] = USER_DEFINED | LEFT_STRIP;
    expect(located("x \t<end>", [257, 256], v)).toEqual(["x", "<end>"]);
    expect(() => located("<end> x", [256, 257], v)).toThrow("line 1");
  });

  it("refuses text that no token covers, blanks and the end included", () => {
    const v = vocabulary(["a", "b"]);
    expect(() => located("a b", [256, 257], v)).toThrow("line 1");
    expect(() => located("a\nb!", [256, 10, 257], v)).toThrow("line 2");
    expect(() => located("a", [], v)).toThrow(EngineError);
    expect(() => located("a", [256, 999], v)).toThrow(EngineError);
  });

  it("passes over characters that the vocabulary has no token for, wherever they stand", () => {
    const v = lacking(vocabulary(["a", "b"]), [0x00, 0x04]);
    expect(located("\0a\x04\0b\x04", [256, 257], v)).toEqual(["a", "b"]);
    expect(located("\x04".repeat(9000) + "a", [256], v)).toEqual(["a"]);
    expect(locateTokens("\0a\x04\0b\x04", Int32Array.of(256, 257), v).withoutToken).toBe(4);
    expect(locateTokens("\x04", new Int32Array(0), v).withoutToken).toBe(1);
    expect(() => located("a\x05b", [256, 257], v)).toThrow(EngineError);
  });

  it("gives a character whose first byte has no token to its other bytes", () => {
    const v = lacking(vocabulary([]), [0xf1]);
    const text = "a\u{40000}b";
    const ids = [...new TextEncoder().encode(text)].filter((byte) => byte !== 0xf1);
    expect(locateTokens(text, Int32Array.from(ids), v).withoutToken).toBe(0);
    expect(located(text, ids, v)).toEqual(["a", "\u{40000}", "\u{40000}", "\u{40000}", "b"]);
  });

  it("adds a blank behind a user-defined token, too", () => {
    const v = vocabulary(["[[x]]", " a", " "], true);
    v.attributes[256] = USER_DEFINED;
    expect(located("[[x]]a", [256, 257], v)).toEqual(["[[x]]", "a"]);
    expect(located("[[x]] a", [256, 258, 257], v)).toEqual(["[[x]]", "", " a"]);
    expect(() => located("ba", [98, 257], v)).toThrow(EngineError);
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
