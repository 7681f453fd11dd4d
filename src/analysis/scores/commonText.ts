import { blockInterval, type MeanInterval, type TextSums } from "../statistics/bootstrap";
import { Cells } from "../statistics/cells";
import type { TextRange } from "../text/ranges";
import { cutSegments, segmentsIn, type Segments } from "../text/segments";
import type { ScoredTokens } from "../text/tokens";

/**
 * The text that two models both scored, in sums: all that compares them in numbers is made from it, so that an increase
 * and a difference are of the same text, whatever else either model has scored.
 */
export interface CommonSums {
  /** What a difference is counted by: tokens where the models tokenize alike, else segments. */
  readonly unit: "token" | "segment";
  readonly segmentCount: number;
  /** Surprisal of the text in bits. */
  readonly base: number;
  readonly rlhf: number;
  /** How many tokens the text is. They differ where tokenizers do, and at the border of a reply. */
  readonly baseTokens: number;
  readonly rlhfTokens: number;
}

/** The same with what an interval is drawn from. */
export interface CommonDifferences extends CommonSums {
  /** RLHF minus base in bits over units, by segment. */
  readonly differences: TextSums;
}

/** The same with every segment. */
export interface CommonText extends CommonDifferences {
  readonly segments: Segments;
}

/** {@link CommonDifferences} of segments as they come. */
export class CommonMeasure {
  private segmentCount = 0;
  private readonly sums = { base: 0, rlhf: 0, baseTokens: 0, rlhfTokens: 0 };
  private readonly differences = new Cells();

  constructor(private readonly unit: CommonSums["unit"]) {}

  add({ count, base, rlhf, baseTokens, rlhfTokens }: Segments): void {
    const { sums, differences } = this;
    for (let i = 0; i < count; i++) {
      sums.base += base[i]!;
      sums.rlhf += rlhf[i]!;
      sums.baseTokens += baseTokens[i]!;
      sums.rlhfTokens += rlhfTokens[i]!;
      differences.add(rlhf[i]! - base[i]!, this.unit === "token" ? baseTokens[i]! : 1);
    }
    this.segmentCount += count;
  }

  value(): CommonDifferences {
    const { unit, segmentCount, sums, differences } = this;
    return { unit, segmentCount, ...sums, differences: differences.value() };
  }
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
export type IncreaseSums = Pick<CommonSums, "unit" | "base" | "rlhf" | "baseTokens">;

/**
 * Paper §2.1: how much worse the RLHF model predicts, per cent; negative where it predicts better. Of perplexity where
 * the models tokenize alike, tokens counted as the base model cuts them: 2^(mean difference per token) - 1. Else of bits
 * per byte, where the bytes, which are the same, cancel out.
 * @returns null where there is nothing to compare
 */
export function increasePercent({ unit, base, rlhf, baseTokens }: IncreaseSums): number | null {
  const factor = unit === "token" ? 2 ** ((rlhf - base) / baseTokens) : rlhf / base;
  return Number.isFinite(factor) ? (factor - 1) * 100 : null;
}

/**
 * Mean difference in bits per unit, RLHF minus base, with its interval from a bootstrap over blocks of segments, drawn
 * within each of the texts.
 * @returns null where no text has two segments
 */
export function pairedDifference(texts: readonly TextSums[]): MeanInterval | null {
  return blockInterval(texts);
}

/** The number of units of a common text. */
export function unitsOf({ unit, segmentCount, baseTokens }: CommonSums): number {
  return unit === "token" ? baseTokens : segmentCount;
}

function measured(segments: Segments, unit: CommonSums["unit"]): CommonText {
  const measure = new CommonMeasure(unit);
  measure.add(segments);
  return { ...measure.value(), segments };
}
