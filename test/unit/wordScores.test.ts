import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wordsOf } from "../../src/analysis/words/textWords";
import { wordRows } from "../../src/analysis/words/wordRows";
import { type WordReading, wordScores, type WordTokens } from "../../src/analysis/words/wordScores";

/** Tokens that spell a text one after the other; `~` stands for a blank that the tokenizer added. */
function tokensOf(
  pieces: readonly string[],
  { bits = pieces.map(() => 1), boundary = pieces.map(() => 1) } = {},
): WordTokens & { text: string } {
  const lengths = pieces.map((piece) => (piece === "~" ? 0 : piece.length));
  const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b, 0));
  return {
    text: pieces.filter((piece) => piece !== "~").join(""),
    count: pieces.length,
    start: ends.map((end, i) => end - lengths[i]!),
    endExclusive: ends,
    id: pieces.map((piece) => Number(/^\s/u.test(piece))),
    logProbability: bits.map((value) => -value * Math.LN2),
    distribution: { entropy: pieces.map((_, i) => i * Math.LN2) },
    boundary: { logProbability: [...boundary, 0.5].map((value) => -value * Math.LN2) },
  };
}

/** Of the ids of {@link tokensOf}, those of pieces that begin with a blank. */
const CORRECTED: WordReading = {
  surprisal: "boundary",
  boundaryEntries: [0, 1],
  continues: false,
};

const rowsOf = (...models: readonly (WordTokens & { text: string })[]) => {
  const { text } = models[0]!;
  return wordRows(wordsOf(text, "joined"), models).map((row) => ({
    ...row,
    text: text.slice(row.start, row.endExclusive),
  }));
};

describe("rows of words", () => {
  it("have the tokens that begin in a word, or in the blanks before it", () => {
    const rows = rowsOf(tokensOf(["~", "The", " c", "at", "\n", "\n", "sat", ".", " ", "\n"]));
    expect(
      rows.map(({ text, tokens: [range] }) => [text, range!.start, range!.endExclusive]),
    ).toEqual([
      ["The", 0, 2],
      ["cat", 2, 4],
      ["sat.", 4, 8],
    ]);
  });

  it("are one row under all models where a token of one reaches across", () => {
    const rows = rowsOf(
      tokensOf(["one", " of", " the", " men", " sat"]),
      tokensOf(["one", " of the", " me", "n sat"]),
    );
    expect(rows.map(({ text, word, words }) => [text, word, words])).toEqual([
      ["one", 0, 1],
      ["of the", 1, 2],
      ["men sat", 3, 2],
    ]);
    expect(rows.map(({ tokens }) => tokens.map((r) => r.endExclusive - r.start))).toEqual([
      [1, 1],
      [2, 1],
      [2, 2],
    ]);
  });

  it("have no tokens of a model whose vocabulary lacks the characters", () => {
    const tokens = { ...tokensOf(["a", " b"]), start: [0, 3], endExclusive: [1, 5] };
    const rows = wordRows(wordsOf("a ж b", "joined"), [tokens]);
    expect(rows.map(({ tokens: [range] }) => range!.endExclusive - range!.start)).toEqual([
      1, 0, 1,
    ]);
  });

  it("divide all tokens before the text's last blanks among them, however tokens lie", () => {
    const pieces = fc.array(fc.constantFrom("a", " a", "b c", " ", "\n", ".", "好", " d. e", "~"));
    fc.assert(
      fc.property(pieces, pieces, (some, others) => {
        const [one, other] = [tokensOf(some), tokensOf(others)];
        fc.pre(one.text !== "");
        const cut = { ...other, start: other.start, endExclusive: other.endExclusive };
        const rows = wordRows(wordsOf(one.text, "joined"), [one, cut]);
        for (const model of [0, 1]) {
          let next = 0;
          for (const { tokens } of rows) {
            expect(tokens[model]!.start).toBe(next);
            next = tokens[model]!.endExclusive;
          }
        }
        expect(rows.reduce((n, { words }) => n + words, 0)).toBe(
          wordsOf(one.text, "joined").length,
        );
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe("scores of words", () => {
  const TOKENS = tokensOf(["The", " c", "at", " sat", ".", "\n"], {
    bits: [5, 3, 2, 4, 1, 7],
    boundary: [9, 0.25, 6, 0.5, 8, 0.125],
  });
  const scores = (reading: Partial<WordReading>, tokens: WordTokens & { text: string } = TOKENS) =>
    rowsOf(tokens).map(({ tokens: [range] }) =>
      wordScores(tokens, range!, { ...CORRECTED, ...reading }),
    );

  it("add up their tokens' bits; the last blanks are no word's", () => {
    const found = scores({ surprisal: "tokens", boundaryEntries: null });
    expect(found.map(({ tokens, bits }) => [tokens, bits])).toEqual([
      [1, 5],
      [2, 5],
      [2, 5],
    ]);
    expect(found.map(({ entropyBits }) => entropyBits)).toEqual([0, 1, 3]);
    expect(found[0]).toMatchObject({ boundaryBefore: null, boundaryAfter: null });
  });

  it("are corrected by what stands at their borders", () => {
    // Worked by hand: raw - before + after.
    expect(scores({}).map(({ bits }) => bits)).toEqual([5 + 0.25, 5 - 0.25 + 0.5, 5 - 0.5 + 0.125]);
  });

  it("have a boundary before the first where something was read before", () => {
    const [first] = scores({ continues: true }, tokensOf([" a", " b"]));
    expect(first).toMatchObject({ boundaryBefore: 1, boundaryAfter: 1, bits: 1 });
    expect(scores({ continues: true })[0]!.boundaryBefore).toBe(0);
  });

  it("have none where a token before has ended the word, and one at the text's end", () => {
    const found = scores({}, tokensOf(["end.\n", "Next"]));
    expect(found.map(({ boundaryAfter }) => boundaryAfter)).toEqual([0, 0.5]);
  });

  it("are not measured where a token is not scored or a boundary is not known", () => {
    const unscored = tokensOf(["The", " c", "at"], { bits: [NaN, 1, 1] });
    expect(scores({}, unscored).map(({ bits }) => bits)).toEqual([null, 2 - 1 + 0.5]);
    const without = { ...TOKENS };
    Reflect.deleteProperty(without, "boundary");
    expect(scores({}, without).map(({ bits }) => bits)).toEqual([null, null, null]);
    expect(scores({ surprisal: "tokens" }, without).map(({ bits }) => bits)).toEqual([5, 5, 5]);
    const added = tokensOf(["~", "The"], { bits: [NaN, 3] });
    expect(scores({ surprisal: "tokens" }, added)[0]!.bits).toBe(3);
  });

  it("differ from the raw ones in sum by the boundary at the end", () => {
    const pieces = fc.array(fc.constantFrom("a", " a", "bc", " d. e", "\n", " f"), {
      minLength: 1,
    });
    fc.assert(
      fc.property(pieces, (spelled) => {
        const numbers = spelled.map((_, i) => ((i * 7) % 5) + 0.5);
        const tokens = tokensOf(spelled, { bits: numbers, boundary: numbers.toReversed() });
        const corrected = scores({}, tokens);
        fc.pre(corrected.length > 0);
        const raw = scores({ surprisal: "tokens" }, tokens);
        const sum = (of: typeof raw) => of.reduce((total, { bits }) => total + bits!, 0);
        expect(sum(corrected) - sum(raw)).toBeCloseTo(corrected.at(-1)!.boundaryAfter!, 9);
      }),
      { numRuns: 200, seed: 2 },
    );
  });
});
