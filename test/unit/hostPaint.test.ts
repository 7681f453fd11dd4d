import { describe, expect, it } from "vitest";
import { legend } from "../../src/host/heatmap/legend";
import { paint, type Style, styleOf } from "../../src/host/heatmap/paint";
import { availableViews, shownView } from "../../src/host/heatmap/shownView";
import { around, contains } from "../../src/host/heatmap/visible";
import type { View } from "../../src/protocol/settings";
import { viewSchema } from "../../src/protocol/settings";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

/** Cells as `text|value` pieces of one line. */
function cellsOf(pieces: readonly (readonly [string, number])[]) {
  const ends = pieces.map(
    (_, i) =>
      pieces
        .slice(0, i + 1)
        .map(([text]) => text)
        .join("").length,
  );
  return {
    text: pieces.map(([text]) => text).join(""),
    columns: {
      starts: Uint32Array.from(ends, (end, i) => end - pieces[i]![0].length),
      ends: Uint32Array.from(ends),
      values: Float32Array.from(pieces, ([, value]) => value),
    },
  };
}

/** What is painted, as text: `[style:characters]`, unpainted characters as they are. */
function rendered(pieces: readonly (readonly [string, number])[], view: View): string {
  const { text, columns } = cellsOf(pieces);
  const painted = [...paint(columns, view)]
    .flatMap(([style, ranges]) => ranges.map((range) => ({ style, ...range })))
    .toSorted((a, b) => a.start - b.start);
  let result = "";
  let at = 0;
  for (const { style, start, endExclusive } of painted) {
    result += `${text.slice(at, start)}[${style}:${text.slice(start, endExclusive)}]`;
    at = endExclusive;
  }
  return result + text.slice(at);
}

describe("paint", () => {
  it("colours surprisal from 1 bit in five steps", () => {
    const pieces = [
      ["a", 0.99],
      ["b", 1],
      ["c", 2],
      ["d", 4],
      ["e", 8],
      ["f", 12],
      ["g", 99],
    ] as const;
    expect(rendered(pieces, "base")).toBe(
      "a[baseSurprisal1:b][baseSurprisal2:c][baseSurprisal3:d][baseSurprisal4:e][baseSurprisal5:fg]",
    );
  });

  it("gives a difference the colour of the model that expected the text more", () => {
    const pieces = [
      ["much", 5],
      [" same", 0.4],
      [" rlhf", -0.5],
      [" far", -7],
    ] as const;
    expect(rendered(pieces, "difference")).toBe(
      "[baseFavoured3:much] same[rlhfFavoured1: rlhf][rlhfFavoured3: far]",
    );
  });

  it("leaves first guesses unpainted, and gives ranks three steps", () => {
    const pieces = [
      ["a", 1],
      ["b", 2],
      ["c", 10],
      ["d", 11],
      ["e", 100],
      ["f", 101],
    ] as const;
    expect(rendered(pieces, "rank")).toBe("a[rlhfRank1:bc][rlhfRank2:de][rlhfRank3:f]");
  });

  it("joins neighbours of one style only where they touch", () => {
    const columns = {
      starts: Uint32Array.of(0, 2, 5),
      ends: Uint32Array.of(2, 4, 6),
      values: Float32Array.of(3, 3, 3),
    };
    expect(paint(columns, "rlhf").get("rlhfSurprisal2")).toEqual([
      { start: 0, endExclusive: 4 },
      { start: 5, endExclusive: 6 },
    ]);
  });

  it("leaves out what has no text or no score", () => {
    expect(
      rendered(
        [
          ["", 9],
          ["x", NaN],
          ["y", 9],
        ],
        "base",
      ),
    ).toBe("x[baseSurprisal4:y]");
    expect(
      rendered(
        [
          ["x", 0],
          ["y", 2],
        ],
        "rank",
      ),
    ).toBe("x[rlhfRank1:y]");
  });
});

describe("legend", () => {
  const textOf = (view: View) =>
    legend(view).map(({ style, label }) => `${style ?? "none"}: ${label}`);

  it("names every step of the difference from one pole to the other", () => {
    expect(textOf("difference")).toEqual([
      "baseFavoured3: base more, from 5 bits",
      "baseFavoured2: base more, 2 to 5 bits",
      "baseFavoured1: base more, 0.5 to 2 bits",
      "none: alike, below 0.5 bits",
      "rlhfFavoured1: RLHF more, 0.5 to 2 bits",
      "rlhfFavoured2: RLHF more, 2 to 5 bits",
      "rlhfFavoured3: RLHF more, from 5 bits",
    ]);
  });

  it("names ranks and bits", () => {
    expect(textOf("rank")).toEqual([
      "none: rank 1",
      "rlhfRank1: rank 2 to 10",
      "rlhfRank2: rank 11 to 100",
      "rlhfRank3: rank beyond 100",
    ]);
    expect(textOf("base").at(0)).toBe("none: below 1 bit");
    expect(textOf("rlhf").at(-1)).toBe("rlhfSurprisal5: from 12 bits");
  });

  it("says in full what a colour means", () => {
    const meanings = (view: View) => legend(view).map(({ meaning }) => meaning);
    expect(meanings("difference")).toEqual([
      "base expected it more, from 5 bits: at least 32 times as likely",
      "base expected it more, 2 to 5 bits: 4 to 32 times as likely",
      "base expected it more, 0.5 to 2 bits: 1.4 to 4 times as likely",
      "both expected it alike, below 0.5 bits: less than 1.4 times as likely",
      "RLHF expected it more, 0.5 to 2 bits: 1.4 to 4 times as likely",
      "RLHF expected it more, 2 to 5 bits: 4 to 32 times as likely",
      "RLHF expected it more, from 5 bits: at least 32 times as likely",
    ]);
    expect(meanings("base").at(0)).toBe("below 1 bit: likelier than 1 in 2");
    expect(meanings("base").at(3)).toBe("4 to 8 bits: a chance of 1 in 16 to 1 in 256");
    expect(meanings("rlhf").at(-1)).toBe("from 12 bits: a chance of 1 in 4,096 or less");
    expect(meanings("rank")).toEqual([
      "rank 1: the model's first guess",
      "rank 2 to 10: 1 to 9 tokens were likelier",
      "rank 11 to 100: 10 to 99 tokens were likelier",
      "rank beyond 100: 100 tokens and more were likelier",
    ]);
  });

  it.each(viewSchema.options)("of %s has every style that the view can paint", (view) => {
    const shown = new Set(legend(view).map(({ style }) => style));
    for (let bucket = -3; bucket <= 5; bucket++) {
      const isOfView = view === "difference" ? Math.abs(bucket) <= 3 : bucket >= 0;
      const isOfRanks = view === "rank" || view === "baseRank";
      if (!isOfView || (isOfRanks && bucket > 3)) continue;
      expect(shown).toContain(styleOf(view, bucket) satisfies Style | null);
    }
  });
});

describe("views of a pair", () => {
  const pair = { name: "p", base: withoutAdapter("/b.gguf"), rlhf: withoutAdapter("/r.gguf") };

  it("are all with two models, and one model's own with one", () => {
    expect(availableViews(pair)).toEqual(viewSchema.options);
    expect(availableViews({ ...pair, rlhf: null })).toEqual(["base", "baseRank"]);
    expect(availableViews({ ...pair, base: null })).toEqual(["rlhf", "rank"]);
  });

  it("give way to the model's surprisal where there is no other model to compare with", () => {
    expect(shownView("difference", pair)).toBe("difference");
    expect(shownView("difference", { ...pair, base: null })).toBe("rlhf");
    expect(shownView("rlhf", { ...pair, rlhf: null })).toBe("base");
  });

  it("are the model's own ranks where the other one's were chosen", () => {
    expect(shownView("baseRank", pair)).toBe("baseRank");
    expect(shownView("rank", { ...pair, rlhf: null })).toBe("baseRank");
    expect(shownView("baseRank", { ...pair, base: null })).toBe("rank");
  });
});

describe("what is painted around the screen", () => {
  it("is the screen and its margins within the text", () => {
    expect(around({ start: 1000, endExclusive: 2000 }, 1, 10_000)).toEqual({
      start: 0,
      endExclusive: 3000,
    });
    expect(around({ start: 8500, endExclusive: 9500 }, 1, 10_000)).toEqual({
      start: 7500,
      endExclusive: 10_000,
    });
  });

  it("is bounded where a line has no end", () => {
    const { start, endExclusive } = around({ start: 0, endExclusive: 5_000_000 }, 1, 5_000_000);
    expect([start, endExclusive]).toEqual([0, 100_000]);
  });

  it("with the larger margin holds what the smaller one needs", () => {
    const visible = { start: 4000, endExclusive: 5000 };
    expect(contains(around(visible, 1, 9000), around(visible, 0.5, 9000))).toBe(true);
    const scrolled = { start: 4700, endExclusive: 5700 };
    expect(contains(around(visible, 1, 9000), around(scrolled, 0.5, 9000))).toBe(false);
  });
});
