import { blockInterval, type MeanInterval } from "../statistics/bootstrap";
import type { TextRange } from "../text/ranges";
import { cutSegments, differences, segmentsIn, type Segments } from "../text/segments";
import type { ScoredTokens } from "../text/tokens";

/**
 * The text that two models both scored, with the bits of each: all that compares them in numbers is made from it, so
 * that an increase and a difference are of the same text, whatever else either model has scored.
 */
export interface CommonText {
  readonly segments: Segments;
  /** What a difference is counted by: tokens where the models tokenize alike, else segments. */
  readonly unit: "token" | "segment";
  /** Surprisal of the text in bits. */
  readonly base: number;
  readonly rlhf: number;
  /** How many tokens the text is. They differ where tokenizers do, and at the border of a reply. */
  readonly baseTokens: number;
  readonly rlhfTokens: number;
}

/** @param alike whether the models tokenize alike */
export function commonText(base: ScoredTokens, rlhf: ScoredTokens, alike: boolean): CommonText {
  return measured(cutSegments(base, rlhf), alike ? "token" : "segment");
}

/** The segments that overlap a text range; null: all. */
export function commonTextIn(common: CommonText, range: TextRange | null): CommonText {
  return range === null ? common : measured(segmentsIn(common.segments, range), common.unit);
}

/** What an increase is computed from; of several texts, the sums. */
export type CommonSums = Pick<CommonText, "unit" | "base" | "rlhf" | "baseTokens">;

/**
 * Paper §2.1: how much worse the RLHF model predicts, per cent; negative where it predicts better. Of perplexity where
 * the models tokenize alike, tokens counted as the base model cuts them: 2^(mean difference per token) - 1. Else of bits
 * per byte, where the bytes, which are the same, cancel out.
 * @returns null where there is nothing to compare
 */
export function increasePercent({ unit, base, rlhf, baseTokens }: CommonSums): number | null {
  const factor = unit === "token" ? 2 ** ((rlhf - base) / baseTokens) : rlhf / base;
  return Number.isFinite(factor) ? (factor - 1) * 100 : null;
}

/**
 * Mean difference in bits per unit, RLHF minus base, with its interval from a bootstrap over blocks of segments, drawn
 * within each of the texts.
 * @returns null where no text has two segments
 */
export function pairedDifference(texts: readonly CommonText[]): MeanInterval | null {
  return blockInterval(
    texts.map(({ segments, unit }) => ({
      sums: differences(segments),
      counts: unit === "token" ? segments.baseTokens : null,
    })),
  );
}

/** The number of units of a common text. */
export function unitsOf({ unit, segments, baseTokens }: CommonText): number {
  return unit === "token" ? baseTokens : segments.count;
}

function measured(segments: Segments, unit: CommonText["unit"]): CommonText {
  return {
    segments,
    unit,
    base: sum(segments.base),
    rlhf: sum(segments.rlhf),
    baseTokens: sum(segments.baseTokens),
    rlhfTokens: sum(segments.rlhfTokens),
  };
}

function sum(values: Float64Array | Uint32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
