import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignTexts, type Alignment } from "../../src/analysis/align/align";
import { readAligned, showAligned } from "../support/alignedRows";
import { patience } from "../support/patience";
import { plantTexts } from "../support/plantedTexts";

const FIXTURES = join(import.meta.dirname, "../fixtures/align");

/** Texts that share much: pieces of a few phrases, any Unicode among them. */
const relatedTexts = fc.array(
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "shared words in a row ",
          "another phrase that repeats ",
          "abab",
          "👩‍👩‍👧é̂ ",
          "\n",
        ),
        fc.string({ unit: "binary", maxLength: 12 }),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join("")),
  { maxLength: 12 },
);

function align(texts: readonly string[]): Alignment {
  return alignTexts(texts)!;
}

/** Fails unless every character has a column of its own, ascending, within the alignment. */
function expectValid(texts: readonly string[], alignment: Alignment): void {
  expect(alignment.rows.length).toBe(texts.length);
  texts.forEach((text, t) => {
    const row = alignment.rows[t]!;
    expect(row.length).toBe([...text].length);
    let last = -1;
    for (const column of row) {
      expect(column).toBeGreaterThan(last);
      last = column;
    }
    expect(last).toBeLessThan(alignment.columns);
  });
}

describe("alignTexts", { timeout: patience(60_000) }, () => {
  for (const name of readdirSync(FIXTURES)) {
    it(`aligns as worked by hand: ${name}`, () => {
      const { aligned } = JSON.parse(readFileSync(join(FIXTURES, name, "case.json"), "utf8")) as {
        aligned: string[];
      };
      const { texts } = readAligned(aligned);
      expect(showAligned(texts, align(texts))).toEqual(aligned);
    });
  }

  it("gives every character one column, ascending, whatever the texts", () => {
    fc.assert(fc.property(relatedTexts, (texts) => expectValid(texts, align(texts))));
  });

  it("returns each text when its gaps are removed", () => {
    fc.assert(
      fc.property(relatedTexts, (texts) => {
        const plain = texts.map((text) => text.replaceAll("-", "+"));
        const lines = showAligned(plain, align(plain));
        expect(lines.map((line) => line.replaceAll("-", ""))).toEqual(plain);
      }),
    );
  });

  it("gives equal texts equal rows", () => {
    fc.assert(
      fc.property(relatedTexts, (texts) => {
        const { rows } = align([...texts, ...texts]);
        texts.forEach((_, t) => expect(rows[t]).toEqual(rows[t + texts.length]));
      }),
    );
  });

  it("permutes only its rows when the input is permuted", () => {
    const permuted = relatedTexts.chain((texts) =>
      fc.tuple(
        fc.constant(texts),
        fc.shuffledSubarray(
          texts.map((_, t) => t),
          { minLength: texts.length },
        ),
      ),
    );
    fc.assert(
      fc.property(permuted, ([texts, order]) => {
        const straight = align(texts);
        const shuffled = align(order.map((t) => texts[t]!));
        expect(shuffled.columns).toBe(straight.columns);
        order.forEach((t, i) => expect(shuffled.rows[i]).toEqual(straight.rows[t]));
      }),
    );
  });

  it("takes no text, one text, empty texts and a thousand equal ones", () => {
    expect(align([])).toMatchObject({ columns: 0, rows: [], hitBudget: false });
    expect(align([""])).toMatchObject({ columns: 0, rows: [new Int32Array(0)] });
    expect(align(["", "ab", ""])).toMatchObject({ columns: 2 });
    expect([...align(["one text"]).rows[0]!]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const equal = align(new Array<string>(1000).fill("all the same"));
    expect(equal.columns).toBe(12);
    expect(new Set(equal.rows).size).toBe(1);
  });

  it("lays unrelated texts over one another", () => {
    const letters = ["abcdefgh", "ijklmnopqr", "stuvw"];
    const unrelated = letters.map((few) => few.repeat(20));
    expect(align(unrelated).columns).toBe(200);
  });

  it("puts what only two of many texts share into common columns, a line apart as it stands", () => {
    const shared = "What nobody else has ever said stands in these two texts alone.";
    const { texts } = plantTexts({ texts: 30, characters: 600, sentences: 1 });
    const at = new Map([
      [4, 50],
      [21, 120],
    ]);
    const with2 = texts.map((text, t) => {
      const cut = at.get(t);
      return cut === undefined ? text : text.slice(0, cut) + shared + text.slice(cut);
    });
    const { rows } = align(with2);
    const columnsOf = (t: number) => [...rows[t]!.slice(at.get(t), at.get(t)! + shared.length)];
    expect(columnsOf(4)).toEqual(columnsOf(21));
  });

  it("takes characters of any plane as one, combining marks and lone surrogates as themselves", () => {
    const texts = [
      "😀 the same emoji sentence 😀",
      "😀😀 the same emoji sentence 😀",
      "\udc00\ud800",
    ];
    const alignment = align(texts);
    expectValid(texts, alignment);
    expect(alignment.rows[0]!.at(-1)).toBe(alignment.rows[1]!.at(-1));
  });

  it("does work in proportion to the characters, even when texts repeat one of them or nearly all of each other", () => {
    const sameLetter = Array.from({ length: 40 }, (_, i) => "a".repeat(400 - i));
    const [long = ""] = plantTexts({ texts: 1, characters: 1000 }).texts;
    const oneLetterOff = Array.from(
      { length: 40 },
      (_, i) => `${long.slice(0, 20 * i)}#${long.slice(20 * i + 1)}`,
    );
    for (const texts of [sameLetter, oneLetterOff]) {
      const alignment = align(texts);
      expectValid(texts, alignment);
      expect(alignment.hitBudget).toBe(false);
      expect(alignment.cells).toBeLessThan(200 * texts.join("").length);
    }
    expect(align(oneLetterOff).columns).toBe(long.length);
  });

  it("stays valid, and says so, when its budget runs out", () => {
    const { texts } = plantTexts({ texts: 20, characters: 400 });
    const cheap = alignTexts(texts, { maxCells: 1 })!;
    expect(cheap.hitBudget).toBe(true);
    expectValid(texts, cheap);
    expect(align(texts).hitBudget).toBe(false);
    expect(align(texts).cells).toBeGreaterThan(cheap.cells);
  });

  it("stops when asked to, and reports its progress in ascending shares", () => {
    const { texts } = plantTexts({ texts: 20, characters: 400 });
    expect(alignTexts(texts, { shouldStop: () => true })).toBeUndefined();
    const shares: number[] = [];
    alignTexts(texts, { onProgress: (share) => shares.push(share) });
    expect(shares.length).toBeGreaterThan(2);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });
});
