import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_ANCHORS, indexTails } from "../../src/analysis/samples/anchors";
import { nearMisses } from "../../src/analysis/samples/nearMisses";
import { nearMissWords } from "../../src/report/nearMissWords";
import { anchorFinder, toAnchorsView } from "../../src/report/anchorViews";
import { readAligned } from "../support/alignedRows";

/** Lines of a few letters and gaps, so that they often agree. */
const lines = fc.array(
  fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 9, maxLength: 9 }),
  { minLength: 1, maxLength: 6 },
);

/** Every text of some length that begins at a column, with the number of lines that have it there. */
function sharedTexts(aligned: readonly string[]): { text: string; samples: number }[] {
  const counts = new Map<string, number>();
  for (const line of aligned) {
    for (let column = 0; column < line.length; column++) {
      if (line[column] === "-") continue;
      const rest = line.slice(column).replaceAll("-", "");
      for (let end = 1; end <= rest.length; end++) {
        const key = `${column} ${rest.slice(0, end)}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  }
  return [...counts].map(([key, samples]) => ({ text: key.split(" ")[1]!, samples }));
}

describe("nearMisses", () => {
  it("agrees with the definition taken literally", () => {
    fc.assert(
      fc.property(lines, fc.constantFrom(0, 0.4, 0.9), (aligned, minShare) => {
        const { texts, alignment } = readAligned(aligned);
        const options = { ...DEFAULT_ANCHORS, minLength: 4, minShare };
        const { longest, commonest } = nearMisses(indexTails(texts, alignment), options);
        const shared = sharedTexts(aligned);
        const fewest = Math.max(2, Math.ceil(minShare * aligned.length));
        const enough = shared.filter(({ samples }) => samples >= fewest);
        expect(longest?.length ?? 0).toBe(Math.max(0, ...enough.map(({ text }) => text.length)));
        const long = shared.filter(({ text, samples }) => text.length >= 4 && samples >= 2);
        expect(commonest?.samples ?? 0).toBe(Math.max(0, ...long.map(({ samples }) => samples)));
        for (const miss of [longest, commonest]) {
          if (miss) expect(shared).toContainEqual({ text: miss.text, samples: miss.samples });
        }
      }),
    );
  });

  it("is told in words where there is no anchor, and only there", () => {
    const { texts, alignment } = readAligned(["the fox ran.", "the fox sat.", "----dogs bark"]);
    const words = (minLength: number) => {
      const options = { ...DEFAULT_ANCHORS, minLength, minShare: 0.6 };
      const finder = anchorFinder(texts, alignment);
      return nearMissWords(toAnchorsView(finder, options, () => ({ base: null, rlhf: null })));
    };
    expect(words(8)).toEqual([]);
    expect(words(9)).toEqual([
      "The longest text that does so in 2 samples has 8 characters: “the fox ”.",
      "No two samples share 9 characters at the same place.",
    ]);
  });

  it("names the text of enough length that is in too few samples", () => {
    const { texts, alignment } = readAligned(["abcd-", "abcd-", "xyz--", "---uv", "---wv"]);
    const options = { ...DEFAULT_ANCHORS, minLength: 3, minShare: 0.9 };
    const found = nearMisses(indexTails(texts, alignment), options);
    expect(found).toEqual({ longest: null, commonest: { text: "abcd", length: 4, samples: 2 } });
  });
});
