import { expect, it } from "vitest";
import { oneWord } from "../../src/host/editor/oneWord";
import type { Divergence } from "../../src/protocol/summary";

const span = (start: number, text: string, words = text.trim()): Divergence => ({
  range: { start, endExclusive: start + text.length },
  bits: 5,
  text,
  words,
  line: 1,
});

it.each([
  ["whole", [span(10, " was eating"), span(30, " beside"), span(50, "rail")], 31, 37],
  ["not a half of one", [span(10, "bour", "harbour"), span(30, " wrote")], 31, 36],
  ["not a mark", [span(10, '."\n\n'), span(30, ","), span(50, "He")], 50, 52],
  ["the first of several", [span(10, "\n\nwas eating")], 12, 15],
])("is one word: %s", (_, spans, start, endExclusive) => {
  expect(oneWord(spans)).toEqual({ start, endExclusive });
});

it("is none where the models differ on no word", () => {
  expect(oneWord([])).toBeNull();
  expect(oneWord([span(10, ","), span(30, "\n", "")])).toBeNull();
});
