import { describe, expect, it } from "vitest";
import { parseCheckArguments } from "../../src/cli/arguments/checkArguments";
import { CHECK_HELP } from "../../src/cli/arguments/help";
import { UsageError } from "../../src/cli/exit";
import { nearestFirst } from "../../src/report/check/nearest";
import { parseThreshold, ThresholdError } from "../../src/report/check/threshold";

const parsed = (text: string) => {
  const { kind, ...rest } = parseThreshold(text);
  return { name: kind.name, ...rest };
};

describe("a threshold", () => {
  it("is a quantity, an operator and a number", () => {
    expect(parsed(" increase > 20 ")).toEqual({
      name: "increase",
      text: "increase > 20",
      end: "value",
      filters: [],
      operator: ">",
      bound: 20,
    });
  });

  it.each([
    ["c10>=.5", "c10", ">=", 0.5],
    ["own-perplexity <= 1e2", "own-perplexity", "<=", 100],
    ["increase<-0.5", "increase", "<", -0.5],
    ["ece > +3 %", "ece", ">", 3],
  ])("may be written as %j", (text, name, operator, bound) => {
    expect(parsed(text)).toMatchObject({ name, operator, bound });
  });

  it("may be about an end of the interval", () => {
    expect(parsed("increase.low > 0").end).toBe("low");
    expect(parsed("increase . high < 0").end).toBe("high");
  });

  it("chooses numbers by their labels, whatever is in a name", () => {
    const text = String.raw`own-perplexity.low{corpus="a \"b\" {,} \\", writer!='it''s', stage = rlhf-2,text='é 你'}>1`;
    // Two quoted values that touch are none.
    expect(() => parseThreshold(text)).toThrow("a comma or } is expected");
    expect(parsed(text.replace("''", String.raw`\'`)).filters).toEqual([
      { label: "corpus", isEqual: true, value: 'a "b" {,} \\' },
      { label: "writer", isEqual: false, value: "it's" },
      { label: "stage", isEqual: true, value: "rlhf-2" },
      { label: "text", isEqual: true, value: "é 你" },
    ]);
    expect(parsed("c1{corpus=''} > 1").filters[0]!.value).toBe("");
    expect(parsed("c1{} > 1").filters).toEqual([]);
  });

  it.each([
    ["", "character 1: a quantity such as increase is expected."],
    ["> 3", 'character 1: a quantity such as increase is expected, not "> 3".'],
    ["increase", "character 9: one of > >= < <= is expected."],
    ["increase == 3", 'character 10: one of > >= < <= is expected, not "== 3".'],
    ["increase >", "character 11: a number such as 20 or -0.5 is expected."],
    ["increase > x", 'character 12: a number such as 20 or -0.5 is expected, not "x".'],
    ["increase > 1e999", 'a number such as 20 or -0.5 is expected, not "1e999".'],
    ["increase > NaN", 'a number such as 20 or -0.5 is expected, not "NaN".'],
    ["increase > 0x10", 'character 13: the end is expected, not "x10".'],
    ["increase > 1,000", 'the end is expected, not ",000".'],
    ["perplexity > 3 %", "character 16: perplexity is not in per cent."],
    ["increase.mean > 1", "character 10: an end of the interval (low, high) is expected"],
    ["increase{corpora=a} > 1", "a label of increase (corpus, "],
    ["increase{writer=a} > 1", "a label of increase ("],
    ["increase{corpus} > 1", 'character 16: = or != is expected, not "} > 1".'],
    ["increase{corpus=} > 1", 'character 17: a value such as "C4" is expected'],
    ["increase{corpus=a,} > 1", "character 19: a label of increase"],
    ["increase{corpus=a", "character 18: a comma or } is expected."],
    ['increase{corpus="a} > 1', "character 17: this quotation mark is not closed."],
    ['increase{corpus="🎀 🎀",corpus!"b"}>1', "character 29: = or != is expected"],
  ])("in %j is said to be wrong where it is", (text, why) => {
    expect(() => parseThreshold(text)).toThrow(ThresholdError);
    expect(() => parseThreshold(text)).toThrow(why);
  });

  it("names the known quantities, the nearest first", () => {
    expect(() => parseThreshold("perlexity > 1")).toThrow(
      /character 1: there is no quantity "perlexity"; there are perplexity, .*\bincrease\b/u,
    );
    expect(nearestFirst("entrpy", ["increase", "ece", "entropy"])[0]).toBe("entropy");
    expect(nearestFirst("", ["bb", "a"])).toEqual(["a", "bb"]);
  });

  it("is refused quickly, and in few words, however long it is", () => {
    for (const text of ["x".repeat(200_000), `c1{corpus="${"\\".repeat(200_000)}`]) {
      expect(() => parseThreshold(text)).toThrow(/^.{1,1000}$/u);
    }
  });
});

describe("parseCheckArguments", () => {
  it("reads every option", () => {
    const args = ["a", "b", "--fail-if", "increase > 20", "--fail-if", "ece > 5"];
    const options = parseCheckArguments([
      ...args,
      ...["--format", "github", "--junit", "out.xml", "--allow-incomplete"],
    ]);
    expect(options).toMatchObject({
      work: "check",
      files: ["a", "b"],
      format: "github",
      junit: "out.xml",
      allowIncomplete: true,
      thresholds: [{ text: "increase > 20" }, { text: "ece > 5" }],
    });
    expect(parseCheckArguments(["a", "--list", "--format", "csv"])).toEqual({
      work: "list",
      files: ["a"],
      format: "csv",
    });
  });

  it.each([
    [["--list"]],
    [["a"]],
    [["a", "--fail-if"]],
    [["a", "--fail-if", "increase"]],
    [["a", "--fail-if", "increase > 1", "--list"]],
    [["a", "--fail-if", "increase > 1", "--format", "csv"]],
    [["a", "--list", "--format", "junit"]],
    [["a", "--list", "--unknown"]],
  ])("refuses %j", (args) => {
    expect(() => parseCheckArguments(args)).toThrow(UsageError);
  });

  it("knows every option that its help names", () => {
    for (const option of new Set(CHECK_HELP.match(/--[a-z-]+/g))) {
      expect(() => parseCheckArguments(["a", option])).not.toThrow(/Unknown option/);
    }
  });
});
