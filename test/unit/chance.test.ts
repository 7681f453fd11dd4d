import { describe, expect, it } from "vitest";
import { CHANCE_DRAWS, drawChance } from "../../src/analysis/samples/chance";
import { alignTexts } from "../../src/analysis/align/align";
import { BINS } from "../../src/analysis/samples/positionCurve";
import { sampleGenerator } from "../../src/analysis/statistics/random";
import { sentenceShuffler } from "../../src/analysis/samples/shuffledSentences";
import { sentencesOf } from "../../src/analysis/text/sentences";
import { isMixable, promptMixer } from "../../src/analysis/samples/textsOfPrompts";
import { agreementCurves } from "../../src/analysis/samples/agreement";
import { meanChance, toChanceView } from "../../src/report/chanceView";
import { plantTexts } from "../support/plantedTexts";

const lengthOf = (text: string) => [...text].length;

describe("sentences shuffled between samples", () => {
  const texts = [
    "One of them. Two here! Third, is it?",
    "Fourth 😀. Fifth. And",
    "Sixth one. Seven.",
  ];

  it("fill texts of the observed lengths with the same characters", () => {
    const shuffle = sentenceShuffler(texts)!;
    const letters = (of: readonly string[]) => [...of.join("").replaceAll(" ", "")].sort().join("");
    for (let draw = 0; draw < 50; draw++) {
      const drawn = shuffle(sampleGenerator(7, draw));
      expect(drawn.map(lengthOf)).toEqual(texts.map(lengthOf));
      // Blanks alone may come in between, and push as many characters out at the end.
      expect(letters(texts).length - letters(drawn).length).toBeLessThanOrEqual(3);
    }
  });

  it("stand whole but where a text is cut, and none stands twice", () => {
    const numbered = Array.from({ length: 10 }, (_, i) => `Text ${i}a. Text ${i}b. Text ${i}c. `);
    const drawn = sentenceShuffler(numbered)!(sampleGenerator(1, 0));
    expect(drawn.flatMap((text) => text.match(/Text \d[abc]\. /gu) ?? []).sort()).toEqual(
      numbered.flatMap(sentencesOf),
    );
    expect(drawn).not.toEqual(numbered);
  });

  it("are drawn the same way from the same seed, another way from another", () => {
    const shuffle = sentenceShuffler(texts)!;
    expect(shuffle(sampleGenerator(1, 3))).toEqual(shuffle(sampleGenerator(1, 3)));
    const draws = Array.from({ length: 10 }, (_, i) => shuffle(sampleGenerator(1, i)).join("|"));
    expect(new Set(draws).size).toBeGreaterThan(5);
  });

  it("leave texts of single sentences as they are, so there is no chance level", () => {
    expect(sentenceShuffler(["One only.", "Another.", "A third."])).toBeNull();
  });
});

describe("texts of different prompts", () => {
  /** Prompt p's texts are of its own letter, and of lengths 5 and 9. */
  const prompts = [..."abcdef"].map((letter) => [letter.repeat(5), letter.repeat(9)]);

  it("come from as many prompts as there are texts, cut to the observed lengths", () => {
    const mix = promptMixer(prompts)!;
    for (let draw = 0; draw < 50; draw++) {
      const drawn = mix(sampleGenerator(1, draw));
      expect(drawn.map((text) => text.length)).toEqual([5, 9]);
      expect(drawn[0]![0]).not.toBe(drawn[1]![0]);
    }
  });

  it("are two of a prompt at most, and never the same one", () => {
    // Four texts of each of two prompts: all of the texts drawn are long enough.
    const few = ["a", "b"].map((letter) => [1, 2, 3, 4].map((n) => letter + n));
    const drawn = promptMixer(few)!(sampleGenerator(1, 0));
    expect(drawn.map(([letter]) => letter).sort()).toEqual(["a", "a", "b", "b"]);
    expect(new Set(drawn).size).toBe(4);
  });

  it("are the longest there are where none is long enough", () => {
    const uneven = [["aaaaaaaaa"], ["bb"], ["cc"]];
    for (let draw = 0; draw < 20; draw++) {
      for (const text of promptMixer(uneven)!(sampleGenerator(1, draw)))
        expect([2, 9]).toContain(text.length);
    }
  });

  it("need half as many prompts as a prompt has texts, and two", () => {
    const ofPrompt = (samples: number) => Array<string>(samples).fill("x");
    expect(isMixable([ofPrompt(4), ofPrompt(4)])).toBe(true);
    expect(isMixable([ofPrompt(5), ofPrompt(4)])).toBe(false);
    expect(isMixable([ofPrompt(5), ofPrompt(4), ofPrompt(1)])).toBe(true);
    expect(isMixable([ofPrompt(1)])).toBe(false);
    expect(isMixable([ofPrompt(1), []])).toBe(false);
    expect(promptMixer([ofPrompt(5), ofPrompt(4)])).toBeNull();
  });
});

describe("the chance level of a run", () => {
  const small = { texts: 20, characters: 280, sentences: 3 };
  const levels = (texts: readonly string[]) => {
    const chance = toChanceView({
      kind: "sentences",
      seed: 1,
      ...drawChance(sentenceShuffler(texts)!)!,
    });
    return { own: agreementCurves(texts, alignTexts(texts)!), chance };
  };

  it.each(["overlap", "alignedShare"] as const)(
    "holds texts without structure nearly everywhere: %s",
    (curve) => {
      const { own, chance } = levels(plantTexts({ ...small, seed: 5, keep: 0 }).texts);
      const { low, high } = chance[curve];
      const inside = own[curve]!.filter((y, p) => low![p]! <= y && y <= high![p]!);
      // The middle 95 % of 20 draws end between the outermost two: one position in seven may lie outside, and
      // neighbouring positions go together.
      expect(inside.length).toBeGreaterThan(0.75 * BINS);
      const { low: least, high: most } = chance[curve].all;
      const all = own[curve]!.reduce((sum, y) => sum + y, 0) / BINS;
      expect(least).toBeLessThan(all);
      expect(all).toBeLessThan(most!);
    },
  );

  it("lies below texts that share sentences where they stand, and not between them", () => {
    const { texts } = plantTexts({ ...small, seed: 6, keep: 0.9 });
    const { own, chance } = levels(texts);
    const peak = Math.max(...own.overlap!);
    const at = own.overlap!.indexOf(peak);
    // Shuffled sentences are still shared, but no longer where they stood.
    expect(peak).toBeGreaterThan(1.5 * chance.overlap.high![at]!);
    const above = own.overlap!.filter((y, p) => y > chance.overlap.high![p]!).length;
    expect(above).toBeGreaterThan(0.1 * BINS);
    expect(above).toBeLessThan(0.9 * BINS);
    expect(own.overlap!.reduce((sum, y) => sum + y, 0) / BINS).toBeGreaterThan(
      chance.overlap.all.high!,
    );
  });

  it("is not there for fewer texts than a kept column needs", () => {
    expect(drawChance(sentenceShuffler(["One. Two.", "Three. Four."])!)).toBeNull();
  });

  it("of texts of different prompts holds a prompt without structure, and lies below one with anchors", () => {
    const prompts = (keep: number) =>
      Array.from(
        { length: 8 },
        (_, i) => plantTexts({ ...small, texts: 16, seed: i + 1, keep }).texts,
      );
    for (const keep of [0, 0.9]) {
      const texts = prompts(keep);
      const drawn = drawChance(promptMixer(texts)!)!;
      const { low, high, all } = toChanceView({ kind: "prompts", seed: 1, ...drawn }).overlap;
      const own = agreementCurves(texts[1]!, alignTexts(texts[1]!)!).overlap!;
      const mean = own.reduce((sum, y) => sum + y, 0) / BINS;
      const outside = own.filter((y, p) => y < low![p]! || y > high![p]!).length;
      if (keep === 0) expect(outside).toBeLessThan(0.25 * BINS);
      else expect(mean).toBeGreaterThan(2 * all.high!);
    }
  });

  it("is of the pseudo-runs that have kept columns", () => {
    let draws = 0;
    const some = drawChance(() => Array<string>(draws++ % 4 === 0 ? 5 : 4).fill("abc"))!;
    expect(some.overlap).toHaveLength(CHANCE_DRAWS / 4);
    expect(some.alignedShare).toHaveLength(CHANCE_DRAWS / 4);
  });

  it("says how far it is", () => {
    const heard: number[] = [];
    drawChance(
      () => Array<string>(5).fill("abc"),
      (fraction) => heard.push(fraction),
    );
    expect(heard).toHaveLength(CHANCE_DRAWS);
    expect([heard[0], heard.at(-1)]).toEqual([1 / CHANCE_DRAWS, 1]);
  });
});

describe("the view of a chance level", () => {
  const flat = (value: number) => Array<number>(BINS).fill(value);

  it("has mean and linear quantiles of the draws", () => {
    // 0.00, 0.01, … 0.20: the quantile of 2.5 % stands half way between the first two.
    const draws = Array.from({ length: 21 }, (_, i) => flat(i / 100)).reverse();
    const view = toChanceView({ kind: "prompts", seed: 3, overlap: draws, alignedShare: draws });
    expect(view).toMatchObject({ kind: "prompts", draws: 21, seed: 3 });
    for (const { mean, low, high, all } of [view.overlap, view.alignedShare]) {
      expect(mean[50]).toBeCloseTo(0.1, 12);
      expect(low![50]).toBeCloseTo(0.005, 12);
      expect(high![50]).toBeCloseTo(0.195, 12);
      expect(all.value).toBeCloseTo(0.1, 12);
      expect(all.low).toBeCloseTo(0.005, 12);
      expect(all.high).toBeCloseTo(0.195, 12);
    }
  });

  it("of means over prompts is that of the draws' means", () => {
    const ofPrompt = (values: readonly number[]) => ({
      kind: "sentences" as const,
      seed: 1,
      overlap: values.map(flat),
      alignedShare: values.map((value) => flat(value / 2)),
    });
    const { overlap, alignedShare } = meanChance([ofPrompt([0.1, 0.2]), ofPrompt([0.3, 0.6])]);
    expect(overlap.map((curve) => curve[7])).toEqual([0.2, 0.4]);
    expect(alignedShare.map((curve) => curve[7])).toEqual([0.1, 0.2]);
  });
});
