import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { toWordCsv } from "../../src/formats/wordCsv";
import { wordDocumentSchema } from "../../src/formats/wordDocument";
import type { WordChoice } from "../../src/protocol/words";
import { toWordDocument } from "../../src/report/wordDocument";
import { scoresOf, type TokenRow, withoutDistribution } from "../support/scores";

const TOKENS: WordChoice = { surprisal: "tokens", punctuation: "joined" };
const MODEL = { sha256: "0".repeat(64), boundaryEntries: null };

/** Of one text, spelled by tokens of one bit each. */
function documentOf(pieces: readonly string[], choice = TOKENS) {
  const rows: TokenRow[] = pieces.map((text) => ({ text, bits: 1 }));
  const text = pieces.join("");
  const scores = scoresOf(rows);
  const texts = [{ name: "a.txt", text, base: scores, rlhf: withoutDistribution(scores) }];
  return toWordDocument("1.2.3", { base: MODEL, rlhf: MODEL }, texts, choice);
}

const records = (csv: string) =>
  parse<Record<string, string>>(csv, { columns: true, record_delimiter: "\r\n" });

describe("an export of words", () => {
  it("is what its schema says, with offsets in code points", () => {
    const document = documentOf(["🎉", " He", " said", ": ", "“No.”", "\r\n", "𝒳"]);
    expect(wordDocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    const { wordList } = document.files[0]!;
    expect(wordList).toMatchObject({
      word: [0, 1, 2, 3, 4],
      words: [1, 1, 1, 1, 1],
      sentence: [0, 0, 0, 0, 1],
      text: ["🎉", "He", "said:", "“No.”", "𝒳"],
      start: [0, 2, 5, 11, 18],
      endExclusive: [1, 4, 10, 16, 19],
      base: { tokens: [1, 1, 2, 1, 2], bits: [1, 1, 2, 1, 2], entropyBits: [1, 1, 1, 1, 1] },
      rlhf: { entropyBits: null, boundaryBefore: null, boundaryAfter: null },
    });
  });

  it("has a line for each word as CSV, whatever the words hold", () => {
    const hostile = ['=cmd("x")', " a,b", ' "q"\u009b31m', " \u202ex", "\r\n", "@NA", "\n"];
    const rows = records(toWordCsv(documentOf(hostile)));
    expect(rows.map(({ text }) => text)).toEqual([
      '=cmd("x")',
      "a,b",
      '"q"\u009b31m',
      "\u202ex",
      "@NA",
    ]);
    expect(rows.map(({ base_bits, rlhf_bits }) => [base_bits, rlhf_bits])).toContainEqual([
      "1",
      "1",
    ]);
    expect(rows[0]).toMatchObject({
      document: "a.txt",
      word: "0",
      words: "1",
      sentence: "0",
      start: "0",
      end: "9",
      base_tokens: "1",
      base_entropy_bits: "1",
      rlhf_entropy_bits: "",
      base_boundary_before_bits: "",
      surprisal: "tokens",
      punctuation: "joined",
      base_sha256: MODEL.sha256,
      rlhf_mode: "strided",
    });
  });

  it("says of a text without words that there are none, and which boundaries were not measured", () => {
    expect(records(toWordCsv(documentOf([" \n"])))).toEqual([]);
    const { base } = documentOf(["a", " b"], { ...TOKENS, surprisal: "boundary" }).files[0]!
      .wordList;
    // Boundaries were asked for, but not scored.
    expect(base).toMatchObject({ bits: [1, null], boundaryAfter: [0, null] });
  });
});
