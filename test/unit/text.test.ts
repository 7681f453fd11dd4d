import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  codePoints,
  codePointsBefore,
  countCodePoints,
  skipCodePoints,
  textOfCodePoints,
  unitsBefore,
} from "../../src/analysis/text/codePoints";
import { UnitCursor, utf8Length } from "../../src/analysis/text/utf8";

/** Characters of one to four bytes, and halves of pairs that may stand alone. */
const texts = fc
  .array(fc.constantFrom("a", "é", "你", "😀", "👩", "\u0301", "\n", "\ud800", "\udc00"))
  .map((characters) => characters.join(""));

describe("code points", () => {
  it("are characters of any plane, combining marks and lone surrogates", () => {
    expect([...codePoints("a👩e\u0301\ud800")]).toEqual([0x61, 0x1f469, 0x65, 0x301, 0xd800]);
  });

  it("give their text back, and are as many as counted", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(textOfCodePoints(codePoints(text))).toBe(text);
        expect(countCodePoints(text)).toBe(codePoints(text).length);
      }),
    );
  });

  it("stand at UTF-16 offsets", () => {
    expect([...unitsBefore("a😀b")]).toEqual([0, 1, 3, 4]);
    expect([...codePointsBefore("a😀b")]).toEqual([0, 1, 1, 2, 3]);
    expect([...unitsBefore("")]).toEqual([0]);
    expect([...codePointsBefore("")]).toEqual([0]);
  });

  it("are found from both sides, and skipped from anywhere", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const units = unitsBefore(text);
        const points = codePointsBefore(text);
        units.forEach((unit, point) => {
          expect(points[unit]).toBe(point);
          expect(skipCodePoints(text, 0, point)).toBe(unit);
          expect(skipCodePoints(text, unit, units.length - 1 - point)).toBe(text.length);
        });
      }),
    );
  });
});

describe("UTF-8", () => {
  it("has three bytes for a lone surrogate, as U+FFFD", () => {
    expect(utf8Length("\ud800x")).toBe(4);
    expect(utf8Length("\udc00\ud800")).toBe(6);
  });

  it("is as long as the encoder makes it", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });

  it("leads back to the UTF-16 offsets of whole characters", () => {
    // "aé😀": bytes 0, 1 .. 3, 3 .. 7; units 0, 1, 2 .. 4.
    const cursor = new UnitCursor(new TextEncoder().encode("aé😀"));
    expect(cursor.characterStart(0)).toBe(0);
    expect(cursor.characterEnd(2)).toBe(2);
    expect(cursor.characterStart(5)).toBe(2);
    expect(cursor.characterEnd(4)).toBe(4);
    expect(cursor.characterStart(7)).toBe(4);
  });
});
