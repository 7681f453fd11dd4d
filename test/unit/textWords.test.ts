import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Punctuation, wordsOf } from "../../src/analysis/words/textWords";

const texts = (text: string, punctuation: Punctuation = "joined") =>
  wordsOf(text, punctuation).map(({ start, endExclusive }) => text.slice(start, endExclusive));
const sentences = (text: string, punctuation: Punctuation = "joined") =>
  wordsOf(text, punctuation).map(({ sentence }) => sentence);

describe("words of a text", () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    ["blanks", "  The cat  sat\ton ", ["The", "cat", "sat", "on"], ["The", "cat", "sat", "on"]],
    ["nothing", "", [], []],
    ["only blanks", " \r\n\t\u3000\u00a0", [], []],
    ["Windows line ends", "a\r\nb\r\n", ["a", "b"], ["a", "b"]],
    ["only punctuation", "... !?", ["...", "!?"], ["...", "!?"]],
    ["marks at words", `He said: "No."`, ["He", "said:", `"No."`], words(`He said : " No ."`)],
    [
      "marks inside words",
      "don't well-known 3.50 e.g.,",
      words("don't well-known 3.50 e.g.,"),
      words("don't well-known 3.50 e.g .,"),
    ],
    ["marks that stand alone", "yes — no", ["yes", "—", "no"], ["yes", "—", "no"]],
    ["emoji and pairs", "a 👩‍👩‍👧 𝒳y.", ["a", "👩‍👩‍👧", "𝒳y."], ["a", "👩‍👩‍👧", "𝒳y", "."]],
    ["half a pair", "a\ud800 \udc00b", ["a\ud800", "\udc00b"], ["a\ud800", "\udc00b"]],
    [
      "combining marks",
      "e\u0301te\u0301 n\u0303.",
      ["e\u0301te\u0301", "n\u0303."],
      ["e\u0301te\u0301", "n\u0303", "."],
    ],
    [
      "Chinese",
      "你好，世界。今天",
      ["你好，", "世界。", "今天"],
      ["你好", "，", "世界", "。", "今天"],
    ],
    [
      "opening marks",
      "今天「天气」好",
      ["今天", "「天气」", "好"],
      ["今天", "「", "天气", "」", "好"],
    ],
    [
      "Japanese",
      "コーヒーを飲む。",
      ["コーヒー", "を", "飲む。"],
      ["コーヒー", "を", "飲む", "。"],
    ],
    ["Thai", "ภาษาไทยง่าย", ["ภาษา", "ไทย", "ง่าย"], ["ภาษา", "ไทย", "ง่าย"]],
    ["two scripts", "iPhone手机 don’t", ["iPhone", "手机", "don’t"], ["iPhone", "手机", "don’t"]],
    ["Korean, which sets blanks", "나는 학교에", ["나는", "학교에"], ["나는", "학교에"]],
  ])("cuts %s", (_, text, joined, separate) => {
    expect(texts(text)).toEqual(joined);
    expect(texts(text, "separate")).toEqual(separate);
  });

  it("are all that is not blank, in order", () => {
    const anyText = fc.array(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 3 }),
        fc.constantFrom(" ", "\n", ".", "「", "好", "世界", "。", "\ud83d", "ab", "ไทย"),
      ),
    );
    fc.assert(
      fc.property(anyText, fc.constantFrom("joined", "separate"), (parts, punctuation) => {
        const text = parts.join("");
        expect(texts(text, punctuation).join("")).toBe(text.replace(/\s+/gu, ""));
        const numbers = sentences(text, punctuation);
        expect(numbers.every((n, i) => n === 0 || n - numbers[i - 1]! <= 1)).toBe(true);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it("know their sentence", () => {
    expect(sentences("It cost 3.50 a day. Why? “No.” She")).toEqual([0, 0, 0, 0, 0, 1, 2, 3]);
    expect(sentences("# Title\n\nOne\r\ntwo. Three")).toEqual([0, 0, 1, 2, 3]);
    expect(sentences("下雨了。为什么？", "separate").at(-1)).toBe(1);
    expect(sentences("第3.章 e.g.好 好。再")).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(sentences(`He left. "Why?" She`, "separate")).toEqual([0, 0, 0, 1, 1, 1, 2]);
  });

  it.each([
    ["....", "a"],
    ["好", "."],
    ["好世界", "…"],
    ["a.", "好"],
    ["「", "」"],
  ])("take time in proportion to the text: %s%s", (often, once) => {
    const text = `${once}${often.repeat(30_000)}${once}`;
    expect(texts(text, "separate").join("")).toBe(text);
  });
});

function words(text: string): readonly string[] {
  return text.split(" ");
}
