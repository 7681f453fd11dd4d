import { describe, expect, it } from "vitest";
import { promptFragments } from "../../src/engine/child/llama/promptTokens";

/** `llama_token_attr`: control, and control tokens that take the blanks before or behind them. */
const CONTROL = 1 << 3;
const LEFT_STRIP = CONTROL | (1 << 7);
const RIGHT_STRIP = CONTROL | (1 << 8);

const TOKENS = [
  ["a", 0],
  ["<s>", CONTROL],
  ["<|end|>", RIGHT_STRIP],
  ["<mask>", LEFT_STRIP],
  ["<s>[", CONTROL],
  ["[[twin]]", 1 << 4],
] as const;

const bytes = TOKENS.map(([text]) => Buffer.from(text));
const vocabulary = {
  bytes: Buffer.concat(bytes),
  offsets: Uint32Array.from([
    0,
    ...bytes.map((_, i) => Buffer.concat(bytes.slice(0, i + 1)).length),
  ]),
  attributes: Uint16Array.from(TOKENS, ([, attributes]) => attributes),
  bos: null,
  endOfGeneration: [],
  addsSpacePrefix: true,
};

const special = (text: string) => ({ text, parseSpecial: true });
const plain = (text: string) => ({ text, parseSpecial: false });

describe("promptFragments", () => {
  it("joins what stands between two control tokens, and reads none in plain parts", () => {
    const parts = [special("<s>x "), plain("<s> y"), special(" z<s><s>")];
    expect(promptFragments(vocabulary, parts)).toEqual([1, "x <s> y z", 1, 1]);
    expect(promptFragments(vocabulary, [plain("<"), special("s>")])).toEqual(["<s>"]);
    expect(promptFragments(vocabulary, [plain(""), special("")])).toEqual([]);
  });

  it("takes the longer of two control tokens that begin alike", () => {
    expect(promptFragments(vocabulary, [special("a<s>[b<s>")])).toEqual(["a", 4, "b", 1]);
  });

  it("leaves user-defined tokens to the tokenizer, which matches them in every text", () => {
    expect(promptFragments(vocabulary, [special("a[[twin]]b")])).toEqual(["a[[twin]]b"]);
  });

  it("drops the blanks that a control token takes, and only those", () => {
    const parts = [special("\n<|end|>"), plain("\t \u00a0a \n"), special(" <mask> <|end|> ")];
    expect(promptFragments(vocabulary, parts)).toEqual(["\n", 2, "\u00a0a", 3, " ", 2]);
  });
});
