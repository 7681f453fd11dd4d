import { describe, expect, it } from "vitest";
import { checkStretches, LONGEST_STRETCH } from "../../src/engine/child/llama/stretches";

const BASE64 = "QmFzZTY0IGlzIG5vIHdvcmQ7/+9A".repeat(5000);

describe("checkStretches", () => {
  it.each(["a", "Ж", "7", "-", " ", "\n", "\u0301", "🎉", "ー"])(
    "finds a long stretch of %j",
    (character) => {
      const units = Math.floor(LONGEST_STRETCH / character.length);
      const around = (count: number) => `A line,\nthen: x1. ${character.repeat(count)}; and 2`;
      expect(() => checkStretches(around(units - 10), "tekken")).not.toThrow();
      expect(() => checkStretches(around(units + 10), "tekken")).toThrow("Line 2 begins a stretch");
    },
  );

  it("sees one stretch in what a pre-tokenizer may see as one", () => {
    const half = LONGEST_STRETCH / 2 + 10;
    expect(() => checkStretches("a\u0301".repeat(half), "deepseek-v3")).toThrow();
    expect(() => checkStretches("-\u0301".repeat(half), "tekken")).toThrow();
    expect(() => checkStretches("日ー・".repeat(half), "youtu")).toThrow();
    expect(() => checkStretches("a-".repeat(half), "bloom")).toThrow();
    expect(() => checkStretches("a b ".repeat(half), "exaone-moe")).toThrow();
  });

  it("takes long texts of many kinds, and any where words are found in a loop", () => {
    expect(() => checkStretches(BASE64, "tekken")).not.toThrow();
    expect(() => checkStretches("the fox ".repeat(20_000), "default")).not.toThrow();
    expect(() => checkStretches("a".repeat(500_000), "llama-bpe")).not.toThrow();
  });
});
