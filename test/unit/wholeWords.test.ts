import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignTexts, type Alignment } from "../../src/analysis/align/align";
import { decodeGaps, encodeGaps } from "../../src/analysis/align/gapRuns";
import { keepWordsWhole } from "../../src/analysis/align/wholeWords";
import { codePoints } from "../../src/analysis/text/codePoints";
import { isInWord } from "../../src/analysis/text/words";
import { readAligned, showAligned } from "../support/alignedRows";
import { plantTexts } from "../support/plantedTexts";

/** What is shown of rows with a gap where a `-` stands. */
function shown(...aligned: readonly string[]): string[] {
  const { texts, alignment } = readAligned(aligned);
  return showAligned(texts, { ...alignment, rows: keepWordsWhole(texts, alignment) });
}

/** Gaps between two letters of a word. */
function tears(texts: readonly string[], rows: Alignment["rows"]): number {
  const ofText = texts.map((text, t) => {
    const characters = [...text];
    return characters.filter(
      (character, i) =>
        i > 0 &&
        isInWord(character) &&
        isInWord(characters[i - 1]) &&
        rows[t]![i]! > rows[t]![i - 1]! + 1,
    ).length;
  });
  return ofText.reduce((sum, count) => sum + count, 0);
}

/** The sites that stand in one column and are equal, as strings; those alone in it are left out. */
function alignedPairs(texts: readonly string[], rows: Alignment["rows"]): readonly string[] {
  const bySite = new Map<string, string[]>();
  texts.forEach((text, t) =>
    codePoints(text).forEach((point, i) => {
      const key = `${rows[t]![i]} ${point}`;
      bySite.set(key, [...(bySite.get(key) ?? []), `${t}:${i}`]);
    }),
  );
  return [...bySite.values()].flatMap((sites) =>
    sites.slice(1).map((site, i) => `${sites[i]} ${site}`),
  );
}

describe("gaps inside words", () => {
  it("go to the nearer end of the word, where nothing else is moved by that", () => {
    expect(shown("a ri----ver b", "xxxxxxxxxx bb")).toEqual(["a ----river b", "xxxxxxxxxx bb"]);
    expect(shown("a rive----r b", "xxxxxxxxxx bb")).toEqual(["a river---- b", "xxxxxxxxxx bb"]);
  });

  it("go to the other end where another text needs the nearer part's letters there", () => {
    // Three texts have "r" in one column, and the second has no room for it elsewhere.
    const others = ["zzriszzzzzzzz", "qqqqqqqqqqqqq", "xxxxxxxxxxxxx"];
    expect(shown("a ri----vers b", ...others)[0]).toBe("a rivers---- b");
  });

  it("stay where other texts need the letters of both parts there", () => {
    const rows = ["a ri----ver b", "zzriszzzqerzz", "qqqqqqqqqqqqq", "xxxxxxxxxxxxx"];
    expect(shown(...rows)).toEqual(rows);
  });

  it("move in all texts that have the same gap", () => {
    const others = ["qqqqqqqqqqqqq", "xxxxxxxxxxxxx", "zzzzzzzzzzzzz"];
    expect(shown("so ri---ver b", "no ri---ver c", ...others)).toEqual([
      "so ---river b",
      "no ---river c",
      ...others,
    ]);
  });

  it("leave what most texts have in one column where it is, before its stripe", () => {
    const rows = ["so ri---ver b", "no ri---ver c", "qqqqqqqqqqqqq"];
    expect(shown(...rows)).toEqual(rows);
  });

  it("take whole words along", () => {
    // "ri" of the second text has room, but "Ma" before it would have to stay behind.
    const others = ["qqqqqqqqqqqqq", "xxxxxxxxxxxxx", "zzzzzzzzzzzzz"];
    expect(shown("a ri----ver b", "Mari----- bbb", ...others).slice(0, 2)).toEqual([
      "a ----river b",
      "----Mari- bbb",
    ]);
  });

  it("stay between letters of scripts that set no blanks between words", () => {
    const rows = ["川の----流れ", "abcdefgh"];
    expect(shown(...rows)).toEqual(rows);
  });

  it("keep every text and every aligned pair, and tear no more words than before", () => {
    const words = fc.constantFrom(
      "river ",
      "drive ",
      "I'm ready ",
      "read on, ",
      "assist you ",
      "é👍 ",
      "川の",
    );
    const text = fc.array(words, { maxLength: 14 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 9 }), fc.nat(), (texts, seed) => {
        const { rows, columns } = loosened(alignTexts(texts)!, seed);
        const whole = keepWordsWhole(texts, { rows, columns });
        texts.forEach((text, t) => {
          const row = whole[t]!;
          expect(row).toHaveLength([...text].length);
          // A row read without its gaps is the text: its columns ascend.
          row.forEach((column, i) => expect(column).toBeGreaterThan(i === 0 ? -1 : row[i - 1]!));
          expect(decodeGaps(encodeGaps(row), columns)).toEqual(row);
        });
        const kept = new Set(alignedPairs(texts, whole));
        const sameColumn = (pair: string) => {
          const [a, b] = pair.split(" ").map((site) => {
            const [t, i] = site.split(":").map(Number) as [number, number];
            return whole[t]![i];
          });
          return a === b;
        };
        for (const pair of alignedPairs(texts, rows))
          expect(kept.has(pair) || sameColumn(pair)).toBe(true);
        expect(tears(texts, whole)).toBeLessThanOrEqual(tears(texts, rows));
      }),
      { numRuns: 100 },
    );
  });

  it("become fewer in samples as models write them", () => {
    const { texts } = plantTexts({ seed: 3, texts: 40, characters: 700, keep: 0.85 });
    const alignment = alignTexts(texts)!;
    const before = tears(texts, alignment.rows);
    expect(before).toBeGreaterThan(100);
    expect(tears(texts, keepWordsWhole(texts, alignment))).toBeLessThan(0.85 * before);
  });
});

/** The alignment with more gaps: columns that only some texts use, wherever the seed says. */
function loosened({ rows, columns }: Alignment, seed: number): Pick<Alignment, "rows" | "columns"> {
  const wide = rows.map((row, t) => {
    const at = row.length === 0 ? 0 : (seed + 7 * t) % row.length;
    return row.map((column, i) => 2 * column + Number(i >= at));
  });
  return { rows: wide, columns: 2 * columns + 1 };
}
