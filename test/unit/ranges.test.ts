import { expect, it } from "vitest";
import type {
  TextRange as AnalysedText,
  TokenRange as AnalysedTokens,
} from "../../src/analysis/text/ranges";
import { tokensIn } from "../../src/analysis/text/tokens";
import type { TextRange, TokenRange } from "../../src/protocol/scores";
import { scoresOf } from "../support/scores";

it("tells ranges of text from ranges of tokens when it is compiled", () => {
  const { columns } = scoresOf([
    { text: "one", bits: 1 },
    { text: "two", bits: 1 },
  ]);
  const text: TextRange = { start: 3, endExclusive: 6 };
  const tokens: TokenRange = tokensIn(columns, text);
  expect(tokens).toEqual({ start: 1, endExclusive: 2 });

  // @ts-expect-error Tokens are no text.
  const wrongText: TextRange = tokens;
  // @ts-expect-error Text is no tokens.
  const wrongTokens: TokenRange = text;
  // @ts-expect-error Nor where a function takes one.
  tokensIn(columns, tokens);
  expect([wrongText, wrongTokens]).toEqual([tokens, text]);
});

it("has the same two types in the protocol and in the analysis", () => {
  const analyse = (text: AnalysedText, tokens: AnalysedTokens) => [text, tokens];
  const send = (text: TextRange, tokens: TokenRange) => {
    // @ts-expect-error Swapped.
    analyse(tokens, tokens);
    // @ts-expect-error Swapped.
    analyse(text, text);
    return analyse(text, tokens);
  };
  const range = { start: 0, endExclusive: 3 };
  expect(send(range, range)).toEqual([range, range]);
});
