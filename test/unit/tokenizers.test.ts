import { expect, it } from "vitest";
import { tokenizeAlike } from "../../src/analysis/text/tokenizers";
import { FACTS } from "../support/scores";

it("goes by the tokenizer's digest, whatever else differs", () => {
  const chat = { ...FACTS, name: "chat", vocabularySize: 700 };
  expect(tokenizeAlike(FACTS, chat)).toBe(true);
  expect(tokenizeAlike(FACTS, { ...chat, tokenizerDigest: "b" })).toBe(false);
});
