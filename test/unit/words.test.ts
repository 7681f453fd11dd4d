import { describe, expect, it } from "vitest";
import { lineOf } from "../../src/analysis/scores/lines";
import { onOneLine, wholeWords } from "../../src/analysis/text/words";

const TEXT = "The harbour's light, in 1999.\nÜber 東京タワー";
const whole = (part: string) => {
  const start = TEXT.indexOf(part);
  return wholeWords(TEXT, start, start + part.length);
};

describe("whole words", () => {
  it("are those that a stretch begins and ends in", () => {
    expect(whole("rbo")).toBe("harbour's");
    expect(whole("bour's li")).toBe("harbour's light");
    expect(whole("99")).toBe("1999");
    expect(whole("ber")).toBe("Über");
  });

  it("stay apart where the stretch itself begins and ends with a blank or a mark", () => {
    expect(whole(" harbour's ")).toBe(" harbour's ");
    expect(whole(", in")).toBe(", in");
    expect(whole(".")).toBe(".");
  });

  it("are not looked for in a script without blanks", () => {
    expect(whole("京")).toBe("京");
    expect(whole("タ")).toBe("タ");
  });

  it("end somewhere even in a text without any", () => {
    expect(wholeWords("a".repeat(5000), 2000, 2001)).toHaveLength(81);
  });
});

it("a text on one line has blanks for line breaks, and none around it", () => {
  expect(onOneLine("\n a \r\n\tb ")).toBe("a b");
  expect(onOneLine("a\u0000\u001b[1mb\u0085")).toBe("a [1mb");
});

it("a stretch stands in the line of its first visible character", () => {
  const text = "one\n\ntwo\r\nthree";
  expect(lineOf(text, 0, 3)).toBe(1);
  expect(lineOf(text, 3, 8)).toBe(3);
  expect(lineOf(text, 10, 15)).toBe(4);
  expect(lineOf(text, 3, 5)).toBe(1);
});
