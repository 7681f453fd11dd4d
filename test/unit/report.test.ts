import { describe, expect, it } from "vitest";
import type { Vocabulary } from "../../src/engine/engine";
import { scoreDocumentSchema } from "../../src/formats/scoreDocument";
import { toTokenCsv } from "../../src/formats/tokenCsv";
import { visibleLines } from "../../src/cli/output/visibleLines";
import { toScoreDocument } from "../../src/report/document";
import { toJson } from "../../src/analysis/presentation/json";
import { toMarkdown } from "../../src/report/markdown";
import { toReportData } from "../../src/report/reportData";
import { summarise } from "../../src/report/summary";
import { scoresOf, withoutDistribution } from "../support/scores";

const TEXT = "The fox ran.";
const base = scoresOf([
  { text: "The", bits: null },
  { text: " fox", bits: 2 },
  { text: " ran", bits: 4 },
  { text: ".", bits: 0 },
]);
const rlhf = scoresOf(
  [
    { text: "The", bits: null },
    { text: " fox", bits: 8 },
    { text: " ran", bits: 3 },
    { text: ".", bits: 1 },
  ],
  { name: "story-chat" },
);

const vocabulary: Vocabulary = {
  bytes: Buffer.from("\u001b[2J"),
  offsets: Uint32Array.of(0, 4),
  attributes: Uint16Array.of(0),
  bos: 0,
  endOfGeneration: [],
  addsSpacePrefix: false,
};
const model = { sha256: "0".repeat(64), vocabulary };
const texts = [{ name: "fox.txt", text: TEXT, base, rlhf }];
const document = toScoreDocument("1.2.3", { base: model, rlhf: model }, texts);

describe("summarise", () => {
  it("compares perplexities of one tokenizer", () => {
    const summary = summarise(TEXT, base, rlhf, null, 7);
    expect(summary).toMatchObject({ version: 7, complete: true, sameTokenizer: true, range: null });
    expect(summary.base).toMatchObject({ tokens: 4, scoredTokens: 3 });
    expect(summary.base?.perplexity).toBeCloseTo(2 ** 2, 12);
    expect(summary.rlhf?.perplexity).toBeCloseTo(2 ** 4, 12);
    expect(summary.increasePercent).toBeCloseTo(300, 9);
    expect(summary.paired?.value).toBeCloseTo(2, 12);
  });

  it("compares bits per byte where tokenizers differ, on text that both scored", () => {
    const other = scoresOf(
      [
        { text: "The f", bits: 3 },
        { text: "ox", bits: 6 },
        { text: " ran.", bits: 12 },
      ],
      { tokenizerDigest: "b" },
    );
    const summary = summarise(TEXT, base, other, null, 0);
    expect(summary.sameTokenizer).toBe(false);
    // The other model's tokens end where one of the base model's does only behind " ran.", and "The" has no score.
    expect(summary.common).toMatchObject({ segments: 1, baseTokens: 2, rlhfTokens: 1 });
    expect(summary.increasePercent).toBeCloseTo((12 / 4 - 1) * 100, 9);
    expect(summary.paired).toBeNull();
  });

  it("narrows to the tokens that overlap a range", () => {
    const summary = summarise(TEXT, base, rlhf, { start: 5, endExclusive: 7 }, 0);
    expect(summary.base).toMatchObject({ tokens: 1, scoredTokens: 1 });
    expect(summary.base?.bits).toBeCloseTo(2, 12);
    expect(summary.divergences.map(({ text }) => text)).toEqual([]);
  });

  it("names divergent spans, largest first, their text cut between characters", () => {
    const long = "x".repeat(58) + "😀".repeat(20);
    const quiet = Array.from({ length: 40 }, () => ({ text: "a", bits: 1 }));
    const rows = (bits: number, last: number) => [
      ...quiet,
      { text: long, bits },
      ...quiet,
      { text: "!", bits: last },
    ];
    const text = "a".repeat(40) + long + "a".repeat(40) + "!";
    const { divergences } = summarise(text, scoresOf(rows(1, 9)), scoresOf(rows(21, 1)), null, 0);
    expect(divergences.map(({ bits }) => Math.round(bits))).toEqual([20, -8]);
    expect(divergences[0]?.text).toBe(`${"x".repeat(58)}…`);
    expect(divergences[1]?.range).toEqual({ start: text.length - 1, endExclusive: text.length });
  });

  it("lists a divergent span by the whole words it touches, on one line, with the number of that line", () => {
    const quiet = Array.from({ length: 20 }, () => ({ text: "a ", bits: 1 }));
    const tokens = (first: number, second: number) => [
      ...quiet,
      { text: "har", bits: 1 },
      { text: "bour", bits: first },
      { text: "\n\nNob", bits: first },
      { text: "ody ", bits: 1 },
      ...quiet,
      { text: "\n", bits: second },
      ...quiet,
    ];
    const text = tokens(1, 1)
      .map((token) => token.text)
      .join("");
    const summary = summarise(text, scoresOf(tokens(1, 1)), scoresOf(tokens(12, 9)), null, 0);
    expect(summary.divergences).toEqual([
      {
        range: { start: 43, endExclusive: 52 },
        bits: 22,
        text: "bour\n\nNob",
        words: "harbour Nobody",
        line: 1,
      },
      { range: { start: 96, endExclusive: 97 }, bits: 8, text: "\n", words: "", line: 3 },
    ]);
    const scored = { base: scoresOf(tokens(1, 1)), rlhf: scoresOf(tokens(12, 9)) };
    const exported = toScoreDocument("1", { base: model, rlhf: model }, [
      { name: "a", text, ...scored },
    ]);
    expect(exported.files[0]?.comparison?.divergences[0]).toEqual({
      start: 43,
      endExclusive: 52,
      bits: 22,
      text: "bour\n\nNob",
      words: "harbour Nobody",
      line: 1,
    });
  });

  it("works with one model", () => {
    const summary = summarise(TEXT, null, rlhf, null, 0);
    expect(summary).toMatchObject({ base: null, increasePercent: null, paired: null });
    expect(summary.rlhf?.bits).toBeCloseTo(12, 12);
  });
});

describe("toReportData", () => {
  it("holds the charts' data for the ks below the vocabulary's size", () => {
    const data = toReportData(
      { uri: "file:///fox", name: "fox", text: TEXT, version: 1 },
      base,
      rlhf,
    );
    expect(data.concentrationKs.at(-1)).toBe(500);
    expect(data.base?.sharpness?.concentration).toEqual(data.concentrationKs.map(() => 1));
    expect(data.base?.sharpness).toMatchObject({ coverage: 300, coveragePercent: 50 });
    expect(data.base?.sharpness?.meanEntropyBits).toBeCloseTo(1, 6);
    expect(data.scatter.map(({ text }) => text)).toEqual([" fox", " ran", "."]);
    expect(data.rlhf?.histogram.slice(0, 9)).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1]);
  });
});

describe("toScoreDocument", () => {
  it("is what its schema says", () => {
    expect(scoreDocumentSchema.parse(JSON.parse(toJson(document)))).toEqual(document);
    expect(document.files[0]?.base?.tokenList.bits).toEqual([null, 2, 4, 0]);
    expect(document.files[0]?.base?.tokenList.top?.[1]).toEqual([[0, 1, "\u001b[2J"]]);
  });

  it("writes null where nothing was scored, which JSON has no number for", () => {
    const nothing = scoresOf([{ text: TEXT, bits: null }]);
    const empty = toScoreDocument("1", { base: model, rlhf: null }, [
      { name: "a", text: TEXT, base: nothing, rlhf: null },
    ]);
    expect(scoreDocumentSchema.parse(JSON.parse(toJson(empty)))).toEqual(empty);
    expect(empty.files[0]?.base).toMatchObject({ perplexity: null, bitsPerByte: null });
  });

  it("says what the models read before the text", () => {
    const alone = scoresOf([{ text: TEXT, bits: 3 }]);
    const after = { ...alone, prompt: "<|user|>\nWhy?" };
    const document = toScoreDocument("1", { base: model, rlhf: model }, [
      { name: "a", text: TEXT, base: alone, rlhf: after },
    ]);
    expect(document.files[0]?.base?.prompt).toBeNull();
    expect(document.files[0]?.rlhf?.prompt).toBe("<|user|>\nWhy?");
    const lines = toMarkdown(document).split("\n");
    expect(lines.filter((line) => line.includes("prompt"))).toEqual([
      "- RLHF read this prompt before the text: \\<|user|\\>↵Why?".replaceAll("|", "&#124;"),
    ]);
  });

  it("pools several texts", () => {
    const quiet = scoresOf([{ text: "The", bits: 1 }]);
    const twice = scoresOf([{ text: "The", bits: 2 }]);
    const { overall } = toScoreDocument("1", { base: model, rlhf: model }, [
      ...texts,
      { name: "the.txt", text: "The", base: quiet, rlhf: twice },
    ]);
    // Increases of 300 % and 100 %; pooled 7 bits against 14 on four tokens: 2^(7/4) - 1.
    expect(overall?.macroIncreasePercent).toBeCloseTo(200, 9);
    expect(overall?.microIncreasePercent).toBeCloseTo((2 ** (7 / 4) - 1) * 100, 9);
    expect(overall?.paired?.value).toBeCloseTo(7 / 4, 9);
  });

  it("draws whole files from five on, of fewer blocks within them", () => {
    const rows = (bits: number) => TEXT.split("").map((text) => ({ text, bits }));
    // Files differ much, tokens within a file not at all: only files that are drawn whole have an interval.
    const file = (bits: number) => ({
      name: "a",
      text: TEXT,
      base: scoresOf(rows(1)),
      rlhf: scoresOf(rows(1 + bits)),
    });
    const overallOf = (differences: number[]) =>
      toScoreDocument("1", { base: model, rlhf: model }, differences.map(file)).overall!;
    const few = overallOf([1, 2, 3, 4]);
    expect(few.pairedOver).toBe("blocks");
    expect(few.paired!.low).toBeCloseTo(2.5, 9);
    expect(few.paired!.high).toBeCloseTo(2.5, 9);
    const many = overallOf([1, 2, 3, 4, 5]);
    expect(many.pairedOver).toBe("files");
    expect(many.paired!.low).toBeLessThan(2.5);
    expect(many.paired!.high).toBeGreaterThan(3.5);
  });
});

describe("CSV", () => {
  const exported = toScoreDocument("0.1.0", { base: model, rlhf: model }, [
    { name: "a.txt", text: TEXT, base, rlhf: { ...rlhf, prompt: "Say, please." } },
  ]);
  const [head, ...rows] = toTokenCsv(exported).trimEnd().split("\r\n");

  it("begins with the names of its columns and has a row for each token and model", () => {
    expect(head).toMatch(/^file,model,token,start,end,id,text,bits,rank,entropy_bits,coverage,/);
    expect(rows).toHaveLength(8);
    expect(rows[0]).toMatch(/^a\.txt,base,0,0,3,0,The,,,,,/);
    expect(rows[1]).toMatch(/^a\.txt,base,1,3,7,1, fox,2,1,1,300,/);
  });

  it("says in every row what makes the numbers repeatable", () => {
    expect(head).toMatch(
      /,model_name,quantisation,sha256,tokenizer,device,attention,llama_cpp,twinlens,mode,window,stride,max_windows,bos,prompt,context,characters_without_token,cautions$/,
    );
    const facts = `Q8_0,${model.sha256},BPE,CPU,flash,0.5.0,0.1.0,strided,512,256,0,on`;
    for (const row of rows.slice(0, 4)) expect(row).toContain(`,story,${facts},,,0,`);
    for (const row of rows.slice(4))
      expect(row).toContain(`,story-chat,${facts},"Say, please.",,0,`);
  });
});

describe("scores of log-probabilities alone", () => {
  const [bare, whole] = [withoutDistribution(base), withoutDistribution(rlhf)];
  const models = { base: model, rlhf: model };
  const texts = [{ name: "fox.txt", text: TEXT, base: bare, rlhf }];
  const exported = toScoreDocument("1", models, texts);

  it("have the same summary", () => {
    expect(summarise(TEXT, bare, whole, null, 7)).toEqual(summarise(TEXT, base, rlhf, null, 7));
  });

  it("say in the report that the rest is not measured, and nothing of it is 0", () => {
    const about = { uri: "file:///fox", name: "fox", text: TEXT, version: 1 };
    const data = toReportData(about, bare, rlhf);
    const full = toReportData(about, base, rlhf);
    expect(data.base).toEqual({ ...full.base, sharpness: null });
    expect(data.rlhf).toEqual(full.rlhf);
  });

  it("have null in JSON for what is not measured, as its schema says", () => {
    expect(scoreDocumentSchema.parse(JSON.parse(toJson(exported)))).toEqual(exported);
    const scores = exported.files[0]!.base!;
    expect(scores).toMatchObject({ concentration: null, coverage: null, coveragePercent: null });
    expect(scores.meanEntropyBits).toBeNull();
    const { bits, rank, entropyBits, coverage, top } = scores.tokenList;
    expect([rank, entropyBits, coverage, top]).toEqual([null, null, null, null]);
    expect(bits).toEqual(document.files[0]!.base!.tokenList.bits);
  });

  it("leave cells of the CSV empty", () => {
    const lines = toTokenCsv(exported).split("\r\n");
    const rows = lines.filter((line) => line.includes(",base,"));
    expect(rows[1]).toMatch(/^fox\.txt,base,1,3,7,1, fox,2,,,,story,/);
  });

  it("have the same table", () => {
    const of = (scores: typeof base) =>
      toScoreDocument("1", models, [{ name: "fox.txt", text: TEXT, base: scores, rlhf }]);
    expect(toMarkdown(of(bare))).toBe(toMarkdown(of(base)));
  });
});

describe("exports of hostile texts", () => {
  const hostile = '=cmd("x")\u009b31m\u202e,"quoted"\r\n<b>|*';
  const scores = scoresOf([{ text: hostile, bits: 1 }], { name: "=x | <b>\n" });
  const exported = toScoreDocument("1", { base: model, rlhf: null }, [
    { name: "=evil|.txt", text: hostile, base: scores, rlhf: null },
  ]);

  it("write no control character into JSON", () => {
    expect(toJson(exported)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(toJson(exported))).toEqual(exported);
  });

  it("leave text in CSV as it is, and show it on a terminal without obeying it", () => {
    const csv = toTokenCsv(exported);
    expect(csv).toContain(`,"${hostile.replaceAll('"', '""')}",`);
    expect(visibleLines(csv)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it("make no Markdown", () => {
    const [, , row] = toMarkdown(exported).split("\n");
    expect(row?.split("|")).toHaveLength(10);
    expect(toMarkdown(exported)).not.toContain("<b>");
    expect(toMarkdown(exported)).toContain("x &#124; \\<b\\>");
    const named = { ...exported.files[0]!, name: "night-ferry_2.md" };
    expect(toMarkdown({ ...exported, files: [named] })).toContain("| night-ferry\\_2.md |");
  });
});
