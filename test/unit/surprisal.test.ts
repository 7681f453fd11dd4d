import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CoveredText } from "../../src/analysis/text/coveredText";
import {
  measureSurprisal,
  surprisalHistogram,
  SurprisalMeasure,
} from "../../src/analysis/scores/surprisal";
import type { TokenRange } from "../../src/analysis/text/ranges";
import { isScored, type ScoredTokens, tokensIn } from "../../src/analysis/text/tokens";
import type { DistributionColumns } from "../../src/protocol/scores";
import { arbitraryTokens, partOf, tokensOf, untidyTokens } from "../support/tokens";

const all = (tokens: { count: number }) => ({ start: 0, endExclusive: tokens.count });

describe("measureSurprisal", () => {
  it("takes perplexity, error and rates over the scored tokens", () => {
    // "The fox": three tokens; the first one has no context. Bits 2 and 4: mean 3, so perplexity 2^3.
    const tokens = tokensOf([0, 3, null], [3, 5, 2], [5, 7, 4]);
    const measured = measureSurprisal("The fox", tokens, all(tokens));
    expect(measured.scoredTokens).toBe(2);
    expect(measured.bits).toBeCloseTo(6, 12);
    expect(measured.perplexity).toBeCloseTo(8, 12);
    // sd of {2, 4} bits over n is 1 bit = ln 2 nats; divided by sqrt(n - 1) = 1.
    expect(measured.perplexityError).toBeCloseTo(8 * Math.LN2, 12);
    expect(measured.bitsPerByte).toBeCloseTo(6 / 4, 12);
    expect(measured.bitsPerWord).toBeCloseTo(6, 12);
  });

  it("has no numbers where nothing is scored", () => {
    const tokens = tokensOf([0, 3, null]);
    const measured = measureSurprisal("The", tokens, all(tokens));
    expect(measured).toMatchObject({ scoredTokens: 0, bits: 0, perplexity: NaN, bitsPerByte: NaN });
  });

  it("is a uniform model's vocabulary size on any text", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 262144 }),
        fc.integer({ min: 1, max: 50 }),
        (size, n) => {
          const tokens = tokensOf(
            ...Array.from({ length: n }, (_, i) => [i, i + 1, Math.log2(size)] as const),
          );
          const { perplexity } = measureSurprisal("a".repeat(n), tokens, all(tokens));
          expect(perplexity / size).toBeCloseTo(1, 9);
        },
      ),
    );
  });
});

describe("SurprisalMeasure", () => {
  it("measures a text that comes in parts as it measures the whole", () => {
    const words = fc.array(fc.constantFrom(..."ab é\n"), { minLength: 30, maxLength: 30 });
    const borders = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 6 });
    fc.assert(
      fc.property(words, untidyTokens(30), borders, (characters, tokens, cuts) => {
        const text = characters.join("");
        const measure = new SurprisalMeasure();
        let first = 0;
        for (const end of [...cuts.sort((a, b) => a - b), tokens.count]) {
          const part = partOf(tokens, first, Math.max(first, end));
          const textStart = first === 0 ? 0 : tokens.start[first - 1]!;
          const reach = part.endExclusive[part.count - 1] ?? textStart;
          measure.add(text.slice(textStart, reach), textStart, part, all(part));
          first += part.count;
        }
        expect(measure.value()).toEqual(measureSurprisal(text, tokens, all(tokens)));
      }),
      { numRuns: 1000 },
    );
  });
});

/** Share of scored tokens that were the model's first choice; NaN where nothing was scored. */
class FirstChoiceMeasure {
  private scored = 0;
  private first = 0;

  add(tokens: ScoredTokens, { rank }: Pick<DistributionColumns, "rank">, range: TokenRange): void {
    for (let i = range.start; i < range.endExclusive; i++) {
      if (!isScored(tokens, i)) continue;
      this.scored++;
      if (rank[i] === 1) this.first++;
    }
  }

  value(): number {
    return this.first / this.scored;
  }
}

it("the guide's example of a measure counts first choices", () => {
  const tokens = tokensOf([0, 1, null], [1, 2, 1], [2, 3, 3]);
  const measure = new FirstChoiceMeasure();
  measure.add(tokens, { rank: Uint32Array.of(0, 1, 4) }, all(tokens));
  expect(measure.value()).toBe(0.5);
});

/** Every length in UTF-8, blanks of several kinds, and half a pair. */
const characters = fc.constantFrom(..."aé你😀 \n\t\u00a0\u2028", "\r\n", "\ud800");

/** All of a text at once. */
function coveredBy(text: string, tokens: ScoredTokens): { bytes: number; words: number } {
  const covered = new CoveredText();
  covered.add(text, 0, tokens, all(tokens));
  return { bytes: covered.bytes, words: covered.words };
}

describe("CoveredText", () => {
  it("counts characters that tokens share once, and an added blank not at all", () => {
    // "a😀" as [added blank][a + first two bytes of the emoji][the other two bytes].
    const tokens = tokensOf([0, 0, 1], [0, 3, 5], [1, 3, 2]);
    expect(coveredBy("a😀", tokens)).toEqual({ bytes: 5, words: 1 });
  });

  it("counts a word once, however many tokens it has and whichever of them are scored", () => {
    const text = "one twothree four";
    const tokens = tokensOf([0, 3, null], [3, 7, 1], [7, 10, null], [10, 12, 1], [12, 17, 1]);
    expect(coveredBy(text, tokens)).toEqual({ bytes: 11, words: 2 });
  });

  it("covers every text whose tokens are all scored", () => {
    fc.assert(
      fc.property(fc.array(characters, { minLength: 1, maxLength: 40 }), (list) => {
        const text = list.join("");
        const tokens = tokensOf(...[...text].reduce<[number, number, number][]>(addCharacter, []));
        expect(coveredBy(text, tokens)).toEqual({
          bytes: new TextEncoder().encode(text).length,
          words: text.split(/\s+/).filter((word) => word !== "").length,
        });
      }),
    );
  });
});

function addCharacter(
  rows: [number, number, number][],
  character: string,
): [number, number, number][] {
  const start = rows.at(-1)?.[1] ?? 0;
  return [...rows, [start, start + character.length, 1]];
}

describe("tokensIn", () => {
  const tokens = tokensOf([0, 0, 1], [0, 3, 1], [3, 7, 1], [7, 7, 1], [7, 9, 1]);

  it("finds the tokens that overlap a range, and those without text that stand in it", () => {
    expect(tokensIn(tokens, null)).toEqual({ start: 0, endExclusive: 5 });
    expect(tokensIn(tokens, { start: 0, endExclusive: 9 })).toEqual({ start: 0, endExclusive: 5 });
    expect(tokensIn(tokens, { start: 2, endExclusive: 4 })).toEqual({ start: 1, endExclusive: 3 });
    expect(tokensIn(tokens, { start: 7, endExclusive: 8 })).toEqual({ start: 3, endExclusive: 5 });
    expect(tokensIn(tokens, { start: 9, endExclusive: 9 })).toEqual({ start: 5, endExclusive: 5 });
  });
});

describe("surprisalHistogram", () => {
  it("has bins of one bit, the last one open", () => {
    const tokens = tokensOf([0, 1, 0], [1, 2, 0.99], [2, 3, 1.01], [3, 4, null], [4, 5, 500]);
    const bins = surprisalHistogram(tokens, all(tokens));
    expect(bins.slice(0, 3)).toEqual([2, 1, 0]);
    expect(bins.at(-1)).toBe(1);
  });

  it("holds every scored token", () => {
    fc.assert(
      fc.property(arbitraryTokens(30), (tokens) => {
        const counted = surprisalHistogram(tokens, all(tokens)).reduce((sum, n) => sum + n, 0);
        expect(counted).toBe(measureSurprisal("x".repeat(30), tokens, all(tokens)).scoredTokens);
      }),
    );
  });
});
