import { describe, expect, test } from "vitest";
import type { Alignment } from "../../src/analysis/align/align";
import { anchorFinder, toAlignmentView, toAnchorsView } from "../../src/report/anchorViews";
import { tokenNgrams } from "../../src/report/ngramViews";

/** Worked by hand: four equal texts, and one that differs in its second character. */
const texts = ["ab", "ab", "ab", "ab", "ac"];
const alignment: Alignment = {
  columns: 2,
  rows: texts.map(() => Int32Array.of(0, 1)),
  cells: 0,
  hitBudget: false,
};
const scored = { starts: [0, 1], entropies: [Math.LN2, 0] };

describe("what the panel shows of an alignment", () => {
  const view = toAlignmentView(texts, alignment, [scored, null, null, null, null]);

  test("rows and common columns as run lengths", () => {
    expect(view.rows).toEqual(texts.map(() => [0, 2]));
    // "a" in all five, "b" in four: more than half in both columns.
    expect(view.common).toEqual([0, 2]);
    const apart = toAlignmentView(
      ["ab", "cd"],
      { ...alignment, rows: alignment.rows.slice(3) },
      [],
    );
    expect(apart.common).toEqual([]);
  });

  test("overlap: all ten pairs agree in the first column, six in the second", () => {
    expect(view.overlap).toHaveLength(100);
    expect(view.overlap?.[0]).toBeCloseTo(1, 12);
    expect(view.overlap?.[99]).toBeCloseTo(0.6, 12);
  });

  test("entropy in bits at the column where a token begins", () => {
    expect(view.entropyBits?.slice(49, 51)).toEqual([1, 0]);
    expect(
      toAlignmentView(
        texts,
        alignment,
        texts.map(() => null),
      ).entropyBits,
    ).toBeNull();
  });

  test("n-grams of words: none of five, two different among five single ones", () => {
    expect(view.ngrams.unit).toBe("words");
    expect(view.ngrams.shared[0]).toEqual({ n: 5, samples: 0, text: "" });
    expect(view.ngrams.diversity).toEqual([2 / 5, null, null, null]);
    const words = "one two three four five six";
    const row = Int32Array.from({ length: words.length }, (_, column) => column);
    const sentence = toAlignmentView(
      [words],
      { ...alignment, columns: row.length, rows: [row] },
      [],
    );
    expect(sentence.ngrams.shared[0]).toEqual({
      n: 5,
      samples: 1,
      text: expect.stringMatching(/^(one two three four five|two three four five six)$/) as string,
    });
  });

  test("n-grams of tokens: the text of the one that most samples have", () => {
    const text = "one two";
    const id = [7, 8, 7, 8, 9, 7];
    const start = [0, 1, 2, 3, 4, 5];
    const endExclusive = [1, 2, 3, 4, 5, 7];
    const samples = [
      { text, id, start, endExclusive },
      { text: "three", id: id.slice(1), start: [0, 1, 2, 3, 4], endExclusive: [1, 2, 3, 4, 5] },
    ];
    const ngrams = tokenNgrams(samples);
    expect(ngrams.unit).toBe("tokens");
    // 8 7 8 9 7 is in both; 7 8 7 8 9 in the first alone.
    expect(ngrams.shared[0]).toMatchObject({ n: 5, samples: 2 });
    expect(["ne two", "three"]).toContain(ngrams.shared[0]?.text);
    expect(ngrams.diversity[0]).toBeCloseTo(3 / 11, 12);
    expect(toAlignmentView(texts, alignment, [], ngrams).ngrams).toBe(ngrams);
  });

  test("nothing is kept where fewer than five texts have a character", () => {
    const few = toAlignmentView(
      texts.slice(0, 4),
      { ...alignment, rows: alignment.rows.slice(0, 4) },
      [scored, null, null, null],
    );
    expect([few.overlap, few.entropyBits]).toEqual([null, null]);
  });
});

test("what the panel shows of anchors: places, flows, shares", () => {
  const options = { minLength: 2, minShare: 0.2, limit: 6, order: "mass" } as const;
  const bits = { base: 3, rlhf: null };
  const view = toAnchorsView(anchorFinder(texts, alignment), options, () => bits);
  expect(view.anchors).toEqual([
    {
      text: "ab",
      column: 0,
      place: 0,
      middle: 1 / 2,
      occurrences: [0, 1, 2, 3].map((sample) => ({ sample, start: 0 })),
      share: 0.8,
      bits,
    },
  ]);
  expect(view.flows).toEqual([
    { from: null, to: 0, samples: 4 },
    { from: null, to: null, samples: 1 },
    { from: 0, to: null, samples: 4 },
  ]);
  expect(view.position).toHaveLength(100);
  for (const share of view.position ?? []) expect(share).toBeCloseTo(0.8, 12);
});

test("an anchor's place is on the axis of the curves: columns that few samples have do not count", () => {
  const options = { minLength: 2, minShare: 0.2, limit: 6, order: "mass" } as const;
  const places = (samples: readonly string[], columns: number, rows: readonly Int32Array[]) =>
    toAnchorsView(
      anchorFinder(samples, { columns, rows, cells: 0, hitBudget: false }),
      options,
      () => ({ base: null, rlhf: null }),
    ).anchors.map(({ text, column, place, middle }) => ({ text, column, place, middle }));

  // One sample alone has the first three columns.
  const ends = Array.from({ length: 5 }, () => Int32Array.of(3, 4));
  const late = places(["ab", "ab", "ab", "ab", "ab", "xyzab"], 5, [
    ...ends,
    Int32Array.of(0, 1, 2, 3, 4),
  ]);
  expect(late).toEqual([{ text: "ab", column: 3, place: 0, middle: 1 / 2 }]);

  // All have the first one, each its own character.
  const numbered = ["1ab", "2ab", "3ab", "4ab", "5ab"];
  const third = places(
    numbered,
    3,
    numbered.map(() => Int32Array.of(0, 1, 2)),
  );
  expect(third).toEqual([{ text: "ab", column: 1, place: 1 / 3, middle: 2 / 3 }]);

  const few = numbered.slice(0, 4);
  expect(
    places(
      few,
      3,
      few.map(() => Int32Array.of(0, 1, 2)),
    )[0]!.place,
  ).toBeNull();
});
