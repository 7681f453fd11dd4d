import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Columns, UNMATCHED } from "../../src/analysis/align/columns";
import { decodeGaps, encodeGaps } from "../../src/analysis/align/gapRuns";
import { PrefixMaximum } from "../../src/analysis/align/prefixMaximum";
import { rangeMinimum } from "../../src/analysis/align/rangeMinimum";
import { maximalRepeats } from "../../src/analysis/align/repeats";
import { mostStabbed } from "../../src/analysis/align/stab";
import { commonPrefixes, suffixArray } from "../../src/analysis/align/suffixArray";
import { indexTexts } from "../../src/analysis/align/textIndex";

const symbolsOf = (letters: readonly number[]) => Int32Array.from([...letters, 0]);
const letters = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 60 });

describe("suffixArray", () => {
  // Suffixes of "banana" with its end 0: end, a, ana, anana, banana, na, nana.
  it("sorts the suffixes of banana", () => {
    const order = suffixArray(symbolsOf([2, 1, 3, 1, 3, 1]), 4);
    expect([...order]).toEqual([6, 5, 3, 1, 0, 4, 2]);
    expect([...commonPrefixes(symbolsOf([2, 1, 3, 1, 3, 1]), order)]).toEqual([
      0, 0, 1, 3, 0, 0, 2,
    ]);
  });

  it("agrees with comparing all suffixes", () => {
    fc.assert(
      fc.property(letters, (text) => {
        const symbols = symbolsOf(text);
        const shared = (a: number, b: number) => {
          let length = 0;
          while (a !== b && symbols[a + length] === symbols[b + length]) length++;
          return length;
        };
        const compare = (a: number, b: number) => {
          const length = shared(a, b);
          return (symbols[a + length] ?? 0) - (symbols[b + length] ?? 0);
        };
        const expected = [...symbols.keys()].sort(compare);
        const order = suffixArray(symbols, 4);
        expect([...order]).toEqual(expected);
        const common = expected.map((position, i) =>
          i === 0 ? 0 : shared(expected[i - 1]!, position),
        );
        expect([...commonPrefixes(symbols, order)]).toEqual(common);
      }),
    );
  });
});

describe("maximalRepeats", () => {
  it("finds what several texts share and no character can be added to", () => {
    const texts = fc.array(letters, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 4 }), (sequences, minLength) => {
        const index = indexTexts(sequences.map((sequence) => Int32Array.from(sequence)));
        const copies = new Int32Array(sequences.length).fill(1);
        const found = maximalRepeats(index, copies, minLength).map(
          ({ length, first, texts: count }) => {
            const site = index.order[first]!;
            return `${[...index.symbols.subarray(site, site + length)].join(" ")} in ${count}`;
          },
        );
        // Equal texts have no repeats that end inside; symbols in the index are dense, as the letters are not.
        expect(found.sort()).toEqual(
          repeatsByDefinition(index.symbols, index.starts, minLength).sort(),
        );
      }),
    );
  });
});

/** Every string in two texts or more whose occurrences do not all have the same character on one side. */
function repeatsByDefinition(symbols: Int32Array, starts: Int32Array, minLength: number): string[] {
  const occurrences = new Map<string, { text: number; left: string; right: string }[]>();
  for (let text = 0; text + 1 < starts.length; text++) {
    const end = starts[text + 1]! - 1;
    for (let from = starts[text]!; from < end; from++) {
      for (let to = from + minLength; to <= end; to++) {
        const key = [...symbols.subarray(from, to)].join(" ");
        const left = from === starts[text] ? `start ${text}` : `${symbols[from - 1]}`;
        const list = occurrences.get(key) ?? [];
        list.push({ text, left, right: `${symbols[to]}` });
        occurrences.set(key, list);
      }
    }
  }
  return [...occurrences].flatMap(([key, list]) => {
    const differ = (side: "left" | "right") => new Set(list.map((one) => one[side])).size > 1;
    const count = new Set(list.map(({ text }) => text)).size;
    const often = list.length > 16 * (starts.length - 1);
    return count > 1 && !often && differ("left") && differ("right") ? [`${key} in ${count}`] : [];
  });
}

describe("rangeMinimum", () => {
  it("agrees with looking at every value", () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.nat(), fc.nat(), (list, a, b) => {
        const [from, to] = [a % list.length, b % list.length].sort((x, y) => x - y) as [
          number,
          number,
        ];
        const smallest = Math.min(...list.slice(from, to + 1));
        expect(rangeMinimum(Int32Array.from(list))(from, to)).toBe(smallest);
      }),
    );
  });
});

describe("PrefixMaximum", () => {
  it("agrees with looking at every entry", () => {
    const entries = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: -3, max: 3 })));
    fc.assert(
      fc.property(entries, fc.nat(10), (list, end) => {
        const maximum = new PrefixMaximum(10);
        list.forEach(([index, value], owner) => maximum.enter(index, value, owner));
        const before = list.filter(([index]) => index < end);
        const greatest = Math.max(...before.map(([, value]) => value));
        const found = maximum.best(end);
        expect(list[found]?.[1] ?? -Infinity).toBe(greatest);
        if (found >= 0) expect(list[found]![0]).toBeLessThan(end);
      }),
    );
  });
});

describe("Columns", () => {
  /** Texts as digits, flush left, and their rows with `-` for gaps after the last one is put elsewhere. */
  const move = (texts: readonly string[], matched: readonly number[]): string[] => {
    const index = indexTexts(texts.map((text) => Int32Array.from(text, Number)));
    const columnAt = index.symbols.map((_, site) => site - index.starts[index.textOf[site]!]!);
    const width = Math.max(...texts.map((text) => text.length));
    const columns = new Columns(index, new Int32Array(texts.length).fill(1), columnAt, width);
    columns.take(texts.length - 1);
    columns.putAt(texts.length - 1, Int32Array.from(matched));
    columns.dropEmpty();
    return texts.map((text, t) => {
      const row = new Array<string>(columns.count).fill("-");
      [...text].forEach((digit, i) => (row[columns.columnAt[index.starts[t]! + i]!] = digit));
      return row.join("");
    });
  };

  it("puts what is not matched between what is", () => {
    expect(move(["123456", "1956"], [0, UNMATCHED, 4, 5])).toEqual(["123456", "19--56"]);
  });

  it("inserts the columns that a text is short of where they interrupt the fewest others", () => {
    const matched = [0, UNMATCHED, UNMATCHED, UNMATCHED, 3];
    expect(move(["1234", "12", "18884"], matched)).toEqual(["12-34", "12---", "18884"]);
  });

  it("inserts before the first column and behind the last", () => {
    const matched = [UNMATCHED, UNMATCHED, 0, 1, UNMATCHED];
    expect(move(["12", "99123"], matched)).toEqual(["--12-", "99123"]);
  });

  it("drops the columns that nothing is left in", () => {
    expect(move(["", "123"], [1, 2, UNMATCHED])).toEqual(["---", "123"]);
  });
});

describe("mostStabbed", () => {
  const range = (text: number, first: number, last: number) => ({
    site: 10 * text,
    text,
    first,
    last,
  });

  it("finds the places that most texts can take", () => {
    const ranges = [range(0, 0, 4), range(1, 2, 9), range(2, 3, 3), range(3, 7, 8)];
    const copies = new Int32Array(4).fill(1);
    expect(mostStabbed(ranges, copies)).toEqual({
      sites: [0, 10, 20],
      texts: 3,
      first: 3,
      last: 3,
    });
    expect(mostStabbed(ranges, Int32Array.from([1, 1, 1, 3]))).toMatchObject({
      sites: [10, 30],
      texts: 4,
      first: 7,
      last: 8,
    });
  });

  it("counts a text once, however many of its occurrences could stand there", () => {
    const twice = [range(0, 0, 5), { ...range(0, 2, 7), site: 3 }, range(1, 6, 9)];
    expect(mostStabbed(twice, new Int32Array(2).fill(1))).toMatchObject({
      sites: [3, 10],
      texts: 2,
    });
    expect(mostStabbed([range(0, 3, 2)], new Int32Array(1).fill(1)).sites).toEqual([]);
  });
});

describe("gap runs", () => {
  it("writes gap, characters, gap, characters", () => {
    expect(encodeGaps([])).toEqual([]);
    expect(encodeGaps([0, 1, 2])).toEqual([0, 3]);
    expect(encodeGaps([2, 3, 7])).toEqual([2, 2, 3, 1]);
  });

  it("reads back every row", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(5000)), (columns) => {
        const row = Int32Array.from(columns).sort();
        expect(decodeGaps(encodeGaps(row), 5001)).toEqual(row);
      }),
    );
  });

  it("refuses what is no row", () => {
    for (const runs of [[1], [-1, 2], [0, 0], [0, 1.5], [0, 2, 0, 1], [0, NaN], [0, 1e9]]) {
      expect(() => decodeGaps(runs, 100)).toThrow(RangeError);
    }
  });
});
