import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  LEAST_WORDS_BEFORE,
  spreadWords,
  withoutLastWord,
  wordsFrom,
} from "../../src/analysis/scores/hiddenWords";
import { seededRandom } from "../../src/analysis/statistics/random";

const text = `Every evening, at nine o'clock, the ferry left for the well-known islands: 42 lights. "Count them!"`;
const whole = { start: 0, endExclusive: text.length };
const wordsOf = (passages: readonly { word: string }[]) => passages.map(({ word }) => word);

describe("the words of a stretch", () => {
  it("are hidden one after the other, without punctuation and numbers, once five words stand before them", () => {
    expect(wordsOf(wordsFrom(text, whole, 100))).toEqual(
      "the ferry left for the well-known islands lights Count them".split(" "),
    );
    expect(wordsFrom(text, whole, 1)).toEqual([
      { before: "Every evening, at nine o'clock, ", isCut: false, word: "the" },
    ]);
  });

  it("begin with the first one that begins in it, and end with the last one that ends in it", () => {
    const start = text.indexOf("erry");
    const endExclusive = text.indexOf("known");
    expect(wordsOf(wordsFrom(text, { start, endExclusive }, 100))).toEqual(["left", "for", "the"]);
    expect(wordsFrom(text, { start: 0, endExclusive: 10 }, 100)).toEqual([]);
  });

  it("are characters where a script sets no blanks", () => {
    const passages = wordsFrom(
      "One two three four five 東京です",
      { start: 0, endExclusive: 99 },
      9,
    );
    expect(wordsOf(passages)).toEqual(["東", "京", "で", "す"]);
    expect(passages[1]!.before).toBe("One two three four five 東");
  });

  it("have what fits of the text before them, from a blank on", () => {
    const long = `${"word ".repeat(1000)}end`;
    const [last] = wordsFrom(long, { start: long.length - 3, endExclusive: long.length }, 1);
    expect(last).toEqual({ before: "word ".repeat(399), isCut: true, word: "end" });
    const smile = `a b c d e ${"😀".repeat(2000)} end`;
    const passage = wordsFrom(
      smile,
      { start: smile.length - 3, endExclusive: smile.length },
      1,
    )[0]!;
    expect(passage.before).toBe(`${"😀".repeat(999)} `);
  });

  it("do not end at what is longer than a word", () => {
    const long = `one two three four five ${"x".repeat(500)} six`;
    expect(wordsOf(wordsFrom(long, { start: 0, endExclusive: long.length }, 9))).toEqual(["six"]);
  });
});

describe("spread words", () => {
  it("come from each part of the text, each once, in its order", () => {
    const numbered = Array.from({ length: 2000 }, (_, i) => `w${1000 + i}`).join(" ");
    const places = (seed: number) =>
      wordsOf(spreadWords(numbered, 20, seededRandom(seed))).map(
        (word) => Number(word.slice(1)) - 1000,
      );
    const found = places(7);
    expect(found).toHaveLength(20);
    const stretch = (2000 - LEAST_WORDS_BEFORE) / 20;
    for (const [i, place] of found.entries()) {
      const start = LEAST_WORDS_BEFORE + i * stretch;
      expect(place).toBeGreaterThanOrEqual(Math.floor(start));
      expect(place).toBeLessThanOrEqual(start + stretch + 1);
    }
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(places(8)).not.toEqual(found);
  });

  it("are fewer in a short text, and none without words before them", () => {
    const spread = wordsOf(spreadWords("a b c d e f g", 20, seededRandom(1)));
    expect(spread).toEqual(["f", "g"]);
    expect(spreadWords("a b c d e", 20, seededRandom(1))).toEqual([]);
    expect(spreadWords("", 20, seededRandom(1))).toEqual([]);
  });

  it("stand behind the text before them, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), fc.integer(), (noise, seed) => {
        const before = `one two three four five ${noise}`;
        for (const passage of spreadWords(before, 5, seededRandom(seed))) {
          expect(before.startsWith(passage.before + passage.word)).toBe(true);
          expect(passage.word).toMatch(/\p{L}/u);
        }
      }),
    );
  });
});

it("a passage loses its last word, and what follows it", () => {
  expect(withoutLastWord(`He said: "She can't."\n`)).toEqual({
    before: `He said: "She `,
    isCut: false,
    word: "can't",
  });
  expect(withoutLastWord("In 1999")?.word).toBe("1999");
  for (const nothing of ["", "...", "word", "  word!"]) {
    expect(withoutLastWord(nothing)).toBeNull();
  }
});
