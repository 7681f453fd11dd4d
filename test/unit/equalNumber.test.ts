import { describe, expect, it } from "vitest";
import { alignTexts } from "../../src/analysis/align/align";
import { subsample } from "../../src/analysis/statistics/subsample";
import { averages, toAnchorsJson, toAnchorsTable } from "../../src/cli/output/anchors";
import type { NgramView } from "../../src/protocol/ngramView";
import { toAlignmentView } from "../../src/report/anchorViews";
import { atEqualNumber } from "../../src/report/equalNumber";
import { wordNgrams } from "../../src/report/ngramViews";
import { importedSamples } from "../support/importedSamples";
import { analysedRuns } from "../support/analyser";
import { plantTexts } from "../support/plantedTexts";

const { texts } = plantTexts({ seed: 5, texts: 24, characters: 300 });
const tokens: NgramView = { ...wordNgrams(texts), unit: "tokens" };
const setOf = (some: readonly string[], ngrams: NgramView | null = null) => ({
  texts: some,
  alignment: toAlignmentView(some, alignTexts(some)!, [], ngrams),
});
const all = setOf(texts);

describe("what is compared of two models' samples", () => {
  it("is all of sets of one size: nothing is counted anew", () => {
    const sets = [setOf(texts, tokens), setOf(texts.toReversed(), tokens)];
    const { samples, alignments } = atEqualNumber(sets);
    expect(samples).toBe(24);
    alignments.forEach((alignment, i) => expect(alignment).toBe(sets[i]!.alignment));
  });

  it("is the same for the same samples, however many there are of the other model", () => {
    // A model compared with a few samples of its own: no difference is left that comes from the numbers alone.
    const few = subsample(24, 9, 1).map((sample) => texts[sample]!);
    const { samples, alignments } = atEqualNumber([all, setOf(few)]);
    expect(samples).toBe(9);
    expect(alignments[0]?.ngrams).toEqual(alignments[1]?.ngrams);
    expect(all.alignment.ngrams.diversity[0]).toBeLessThan(alignments[0]!.ngrams.diversity[0]!);
    expect(alignments[0]?.ngrams.tenGrams).toHaveLength(10);
    // Columns, rows and entropy are those of all samples; agreement is of the rows that are left.
    const { overlap, alignedShare, ngrams, ...others } = all.alignment;
    expect(alignments[0]).toMatchObject(others);
    expect(alignments[0]?.overlap).not.toEqual(overlap);
    expect(alignments[0]?.alignedShare).not.toEqual(alignedShare);
    expect(ngrams.shared[0]?.samples).toBeGreaterThan(9);
  });

  it("has overlap by hand: of the pairs and columns of the samples that were taken", () => {
    const six = setOf(["ab", "ab", "ab", "a", "ab", "ab"]);
    // Ten of all 15 pairs have the "b".
    expect(six.alignment.overlap?.[99]).toBeCloseTo(10 / 15, 12);
    expect(subsample(6, 5, 1)).not.toContain(3);
    const { alignments } = atEqualNumber([six, setOf(["ab", "ab", "ab", "ab", "ac"])]);
    expect(alignments.map(({ overlap }) => overlap?.[0])).toEqual([1, 1]);
    expect(alignments[0]?.overlap?.[99]).toBeCloseTo(1, 12);
    expect(alignments[1]?.overlap?.[99]).toBeCloseTo(0.6, 12);
    // No column has five of four.
    const four = atEqualNumber([six, setOf(["ab", "ab", "ab", "ab"])]);
    expect(four.alignments.map(({ overlap }) => overlap)).toEqual([null, null]);
  });

  it("has one unit: words, where the tokens of a part are not known", () => {
    const { alignments } = atEqualNumber([setOf(texts, tokens), setOf(texts.slice(0, 6), tokens)]);
    expect(alignments.map(({ ngrams }) => ngrams.unit)).toEqual(["words", "words"]);
    const mixed = atEqualNumber([setOf(texts, tokens), setOf(texts)]);
    expect(mixed.alignments.map(({ ngrams }) => ngrams.unit)).toEqual(["words", "words"]);
  });

  it("leaves a model alone that has no other to compare with, or none with samples", () => {
    expect(atEqualNumber([all])).toEqual({ samples: 24, alignments: [all.alignment] });
    const beside = atEqualNumber([all, setOf([])]);
    expect(beside.samples).toBe(24);
    expect(beside.alignments[0]).toBe(all.alignment);
    expect(atEqualNumber([])).toEqual({ samples: 0, alignments: [] });
    expect(atEqualNumber([setOf([])]).samples).toBe(0);
  });
});

describe("the command line", async () => {
  const rlhf = importedSamples("Why?", texts);
  const base = importedSamples(
    "Why?",
    subsample(24, 9, 1).map((sample) => texts[sample]!),
    "base",
  );
  const runs = await analysedRuns([{ ...rlhf, base: base.base }]);

  it("averages what was found in as many samples of either model, and names the number", () => {
    const { sharing, diversity } = averages(runs, "rlhf")!;
    expect({ sharing, diversity }).toEqual({
      sharing: averages(runs, "base")!.sharing,
      diversity: averages(runs, "base")!.diversity,
    });
    expect(toAnchorsTable([...runs, ...runs])).toContain(
      "Means over 2 prompts, of as many samples of each model as the other one has:",
    );
    const [prompt] = (
      JSON.parse(toAnchorsJson(runs)) as {
        prompts: Record<"rlhf" | "base", { generations: number; comparedGenerations: number }>[];
      }
    ).prompts;
    expect(prompt?.rlhf).toMatchObject({ generations: 24, comparedGenerations: 9 });
    expect(prompt?.base).toMatchObject({ generations: 9, comparedGenerations: 9 });
  });

  it("finds anchors in all samples", async () => {
    const alone = await analysedRuns([rlhf]);
    expect(runs[0]?.roles.rlhf?.anchors).toEqual(alone[0]?.roles.rlhf?.anchors);
  });
});
