import { describe, expect, it } from "vitest";
import { sentencesOf } from "../../src/analysis/text/sentences";

describe("sentencesOf", () => {
  it.each<[string, string, readonly string[]]>([
    ["after a mark before white space", "It rains. Why? Go!", ["It rains. ", "Why? ", "Go!"]],
    ["not inside a number", "It cost 3.50 a day. Fine.", ["It cost 3.50 a day. ", "Fine."]],
    ["behind quotes that close", "He said “No.” She left.", ["He said “No.” ", "She left."]],
    ["at the end of a line", "# Title\n\n- one\n- two", ["# Title\n\n", "- one\n", "- two"]],
    ["at a full-width mark", "下雨了。为什么？", ["下雨了。", "为什么？"]],
    ["where a text is cut", "One. And then", ["One. ", "And then"]],
    ["nowhere in nothing", " \n", []],
  ])("cuts %s", (_, text, sentences) => {
    expect(sentencesOf(text)).toEqual(sentences);
  });

  it("takes time in proportion to the text", () => {
    expect(sentencesOf("a.b ".repeat(100_000))).toHaveLength(1);
  });
});
