import { describe, expect, it } from "vitest";
import { toTable } from "../../src/cli/output/table";
import { documentRows } from "../../src/host/views/documentRows";
import { statusText } from "../../src/host/status/statusText";
import { tooltipMarkdown } from "../../src/host/status/statusTooltip";
import type { TextScores } from "../../src/protocol/textScores";
import type { TextRange } from "../../src/protocol/scores";
import { toScoreDocument } from "../../src/report/document";
import { toMarkdown } from "../../src/report/markdown";
import { toReportData } from "../../src/report/reportData";
import { summarise } from "../../src/report/summary";
import { lensTexts } from "../../src/server/features/codeLens";
import { scoresOf, type TokenRow } from "../support/scores";

/** Words of one text; every model below scores some of them. */
const WORDS = Array.from({ length: 24 }, (_, i) => ` w${String(i).padStart(2, "0")}`);
const TEXT = WORDS.join("");

/** @param bits of a word; null: not scored */
function scores(
  bits: (word: number) => number | null,
  digest = "a",
  change: (rows: TokenRow[]) => TokenRow[] = (rows) => rows,
): TextScores {
  const rows = WORDS.map((text, i) => ({ text, bits: bits(i) }));
  return scoresOf(change(rows), { tokenizerDigest: digest });
}

/** Two words at a time. */
function joined(rows: TokenRow[]): TokenRow[] {
  return rows.flatMap((row, i) => {
    if (i % 2 === 0) return [];
    const before = rows[i - 1]!;
    return [{ text: before.text + row.text, bits: before.bits! + row.bits! }];
  });
}

/** RLHF is better by half a bit throughout, and each model finds the words that it alone scores easy or hard. */
const rlhfBits = (word: number) => 3 + (word % 3);
const baseBits = (word: number) => rlhfBits(word) + 0.5;

const cases: Record<string, { base: TextScores; rlhf: TextScores; range?: TextRange }> = {
  "all of the text": { base: scores(baseBits), rlhf: scores(rlhfBits) },
  "a cancelled job, in which base has scored more": {
    base: scores((word) => (word < 18 ? (word < 12 ? baseBits(word) : 0.1) : null)),
    rlhf: scores((word) => (word < 12 ? rlhfBits(word) : null)),
  },
  "a reply, whose prompt only base has scored": {
    base: scores((word) => (word < 12 ? 0.1 : baseBits(word))),
    rlhf: scores(rlhfBits, "a", (rows) => {
      // The tokens of the answer alone, the first without its blank.
      const [first, ...rest] = rows.slice(12) as [TokenRow, ...TokenRow[]];
      return [{ ...first, range: [12 * 4 + 1, 13 * 4] }, ...rest];
    }),
  },
  "a selection, of which base has scored more": {
    base: scores((word) => (word < 6 ? 0.1 : baseBits(word))),
    rlhf: scores((word) => (word < 6 ? null : rlhfBits(word))),
    range: { start: 5, endExclusive: 61 },
  },
  "BOS for RLHF alone, whose first token is hard": {
    base: scores((word) => (word === 0 ? null : baseBits(word))),
    rlhf: scores((word) => (word === 0 ? 40 : rlhfBits(word))),
  },
  "tokens that share characters": {
    base: scores(baseBits, "a", (rows) => rows.map(sharing)),
    rlhf: scores(rlhfBits, "a", (rows) => rows.map(sharing)),
  },
  "other tokens, and base without BOS": {
    base: scores((word) => (word === 0 ? null : baseBits(word))),
    rlhf: scores((word) => (word < 2 ? 20 : rlhfBits(word)), "b", joined),
  },
};

/** Pairs of words whose two tokens both have the characters of both. */
function sharing(row: TokenRow, word: number): TokenRow {
  const first = word - (word % 2);
  return { ...row, range: [first * 4, (first + 2) * 4] };
}

describe.each(Object.entries(cases))("%s", (_, { base, rlhf, range = null }) => {
  const summary = summarise(TEXT, base, rlhf, range, 1);
  const paired = summary.paired!.value;
  const increase = summary.increasePercent!;
  const document = toScoreDocument("1", { base: null, rlhf: null }, [
    { name: "a.txt", text: TEXT, base, rlhf },
  ]);
  const [{ comparison }] = document.files as [(typeof document.files)[0]];

  it("has one sign for the increase and the paired difference", () => {
    expect(paired).toBeLessThan(0);
    expect(increase).toBeLessThan(0);
    expect(summary.paired!.low).toBeLessThanOrEqual(paired);
    expect(summary.paired!.high).toBeGreaterThanOrEqual(paired);
  });

  it("has an increase that follows from the paired difference", () => {
    const { segments, baseBits, rlhfBits } = summary.common!;
    if (summary.sameTokenizer) {
      expect(paired).toBeCloseTo(-0.5, 12);
      expect(increase).toBeCloseTo((2 ** paired - 1) * 100, 9);
    } else {
      expect(paired * segments).toBeCloseTo(rlhfBits - baseBits, 9);
      expect(increase).toBeCloseTo((rlhfBits / baseBits - 1) * 100, 9);
    }
  });

  it("shows the same in the status bar, its tooltip, the sidebar, lenses and the report", () => {
    const measured = { pair: "twins", replacedBy: null };
    const status = {
      kind: "scored",
      pair: "twins",
      summary,
      measured,
      isSelection: range !== null,
      isReply: false,
      isStale: false,
    } as const;
    const rounded = `(−${Math.abs(increase).toFixed(0)} %`;
    const exact = `−${Math.abs(increase).toFixed(1)} %`;
    expect(statusText(status)).toContain(rounded);
    expect(lensTexts(TEXT, base, rlhf)(range)).toContain(rounded);
    expect(tooltipMarkdown(status, "base")).toContain(`RLHF over base: ${exact}`);
    const rows = documentRows("", { ...summary, measured }, "base").map(
      ({ label, description }) => `${label}: ${description}`,
    );
    expect(rows.find((row) => row.startsWith("RLHF over base"))).toContain(exact);
    expect(rows.find((row) => row.startsWith("Difference"))).toContain(
      `−${Math.abs(paired).toFixed(2)} [`,
    );
    const report = toReportData({ uri: "", name: "a", text: TEXT, version: 1 }, base, rlhf);
    expect(report.summary).toEqual(summarise(TEXT, base, rlhf, null, 1));
  });

  it("shows the same in JSON, Markdown and the table", () => {
    const whole = summarise(TEXT, base, rlhf, null, 1);
    expect(comparison).toMatchObject({
      increasePercent: whole.increasePercent,
      paired: whole.paired,
      common: whole.common,
      pairedPer: whole.sameTokenizer ? "token" : "segment",
    });
    expect(Math.sign(comparison!.increasePercent!)).toBe(Math.sign(comparison!.paired!.value));
    const written = `−${Math.abs(whole.increasePercent!).toFixed(1)} %`;
    expect(toMarkdown(document)).toContain(`| ${written}`);
    expect(toTable(document)).toContain(written);
    expect(toTable(document)).toContain(
      `RLHF minus base −${Math.abs(whole.paired!.value).toFixed(3)} bits per ${comparison!.pairedPer}`,
    );
  });
});

describe("what only one model has scored", () => {
  it("is in its own perplexity, and the increase says that it is of other text", () => {
    const { base, rlhf } = cases["BOS for RLHF alone, whose first token is hard"]!;
    const summary = summarise(TEXT, base, rlhf, null, 1);
    // RLHF's own perplexity is above base's, which has no score for the first token.
    expect(summary.rlhf!.perplexity).toBeGreaterThan(summary.base!.perplexity);
    expect(lensTexts(TEXT, base, rlhf)(null)).toMatch(/\(−29 % on common text\)$/);
  });
});
