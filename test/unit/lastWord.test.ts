import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstWord, lastWord, overlapF1 } from "../../src/analysis/scores/lastWord";

describe("the last word of a passage", () => {
  it.each([
    ["I don't care about signs", "signs"],
    ['"No," said she. "Not my own, Shane."', "Shane"],
    ["he had thought...Tess", "Tess"],
    ["and so he won't —", "won't"],
    ["a well-known Mother-in-law!\n", "Mother-in-law"],
    ["it cost 1,250.50.", "1,250.50"],
    ["naïve cafe\u0301", "cafe\u0301"],
    ["‘paid’", "paid"],
    // Where no blanks are set, a character is a word.
    ["我喜欢猫。", "猫"],
    ["snake_case", "case"],
  ])("of %s is %s", (text, word) => {
    const { start, endExclusive } = lastWord(text)!;
    expect(text.slice(start, endExclusive)).toBe(word);
  });

  it.each(["", " \n", "…—!?", "👋🏽"])("of %j is none", (text) => {
    expect(lastWord(text)).toBeNull();
  });
});

describe("the first word of a continuation", () => {
  it.each([
    [" signs. But", "signs", true],
    ['\n\n"Shane," he said', "Shane", true],
    // What stands before the first blank: it did not go on with a word.
    [', "signs', ",", true],
    ["...Tess", "Tess", false],
    [" signs", "signs", false],
    // An apostrophe may be followed by a letter, two signs may not.
    [" don'", "don", false],
    [' don",', "don", true],
    [" mother--she", "mother", true],
    ["猫狗", "猫", false],
    [" ", "", false],
    ["", "", false],
  ])("of %j is %j", (text, word, isWhole) => {
    expect(firstWord(text)).toEqual({ word, isWhole });
  });

  it("is never another one once it is whole", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab '-.1,\n猫é") });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const found = firstWord(before);
        fc.pre(found.isWhole);
        expect(firstWord(before + after)).toEqual(found);
      }),
    );
  });
});

describe("the overlap of two words' tokens", () => {
  it.each([
    // "sign" and "signs" as [sign] and [sign, s]: 1 of 1 and 1 of 2, 2 · 1 · 0.5 / 1.5.
    [[7], [7, 8], 2 / 3],
    [[7, 8], [7, 8], 1],
    [[8, 7], [7, 8], 1],
    // The second 7 has nothing left to stand for: precision 1/2, recall 1/3.
    [[7, 7], [7, 8, 9], 0.4],
    [[1], [7], 0],
    [[], [7], 0],
  ])("of %j and %j is %d", (said, wanted, f1) => {
    expect(overlapF1(said, wanted)).toBeCloseTo(f1, 12);
  });
});
