/** What is kept of a text: numbers for exports and tables. Its columns are not needed any more. */
import {
  type CommonDifferences,
  type CommonSums,
  pairedDifference,
} from "../analysis/scores/commonText";
import type { AgreementSums, NotMeasured } from "../analysis/scores/agreement";
import { isScored } from "../analysis/text/tokens";
import type { MeanInterval, TextSums } from "../analysis/statistics/bootstrap";
import { measureSurprisal, type Surprisal, SurprisalMeasure } from "../analysis/scores/surprisal";
import type { SharpnessMeasure } from "../analysis/scores/sharpness";
import type { SharpnessReport } from "../protocol/report";
import type { ModelFacts, TokenColumns, TokenRange, WindowSettings } from "../protocol/scores";
import type { TextScores } from "../protocol/textScores";
import { type TextAgreement, textAgreement } from "./agreement";
import { measureSharpness, reportedSharpness, sharpnessMeasure } from "./sharpness";
import { commonScores } from "./summary";

/** A text's numbers under one model, and what they were measured with. */
export interface RoleMeasures {
  readonly model: ModelFacts;
  /** As of {@link TextScores}. */
  readonly settings: WindowSettings;
  readonly prompt: string | null;
  readonly complete: boolean;
  readonly scoredRange: TokenRange;
  /** Tokens of the text. */
  readonly tokens: number;
  readonly charactersWithoutToken: number;
  readonly surprisal: Surprisal;
  /** null: not measured. */
  readonly sharpness: SharpnessReport | null;
}

/** A text under one model or both. */
export interface TextMeasures {
  readonly name: string;
  readonly base: RoleMeasures | null;
  readonly rlhf: RoleMeasures | null;
  /** null with one model. */
  readonly comparison: TextComparison | null;
}

/** Two models compared on the text that both scored. */
export interface TextComparison {
  readonly common: CommonSums;
  /** Mean difference in bits per unit, RLHF minus base, with its interval; null: too little text. */
  readonly paired: MeanInterval | null;
  /** What an interval over several texts is drawn from; null: no longer kept. */
  readonly differences: TextSums | null;
  /** null: nobody asked for it. */
  readonly agreement: TextAgreement | null;
}

/** @param agreement null, the default: nobody asked for it */
export function compareText(
  common: CommonDifferences,
  agreement: AgreementSums | NotMeasured | null = null,
): TextComparison {
  const { unit, segmentCount, base, rlhf, baseTokens, rlhfTokens, differences } = common;
  return {
    common: { unit, segmentCount, base, rlhf, baseTokens, rlhfTokens },
    paired: pairedDifference([differences]),
    differences,
    agreement: agreement && textAgreement(agreement),
  };
}

/** Of a text whose columns are at hand. @param agreement as of {@link compareText} */
export function measureText(
  name: string,
  text: string,
  base: TextScores | null,
  rlhf: TextScores | null,
  agreement: AgreementSums | NotMeasured | null = null,
): TextMeasures {
  return {
    name,
    base: base && measureRole(text, base),
    rlhf: rlhf && measureRole(text, rlhf),
    comparison: base && rlhf && compareText(commonScores(base, rlhf), agreement),
  };
}

function measureRole(text: string, scores: TextScores): RoleMeasures {
  const { model, settings, prompt, complete, scoredRange, columns } = scores;
  return {
    model,
    settings,
    prompt,
    complete,
    scoredRange,
    tokens: columns.count,
    charactersWithoutToken: columns.withoutToken,
    surprisal: measureSurprisal(text, columns, { start: 0, endExclusive: columns.count }),
    sharpness: measureSharpness(scores),
  };
}

/** {@link RoleMeasures} of a text whose tokens come in parts, which are not kept. */
export class RoleMeasure {
  private readonly surprisal = new SurprisalMeasure();
  private sharpness: SharpnessMeasure | null = null;
  private tokens = 0;
  private charactersWithoutToken = 0;
  private firstScored = Infinity;
  private scoredEnd = 0;

  /**
   * @param text from `textStart` of the whole text on, as far as the tokens reach
   * @param tokens behind those that came before, with distributions as those had or without; offsets into the whole text
   */
  add(text: string, textStart: number, tokens: TokenColumns): void {
    const all = { start: 0, endExclusive: tokens.count };
    this.surprisal.add(text, textStart, tokens, all);
    if (tokens.distribution !== null) {
      this.sharpness ??= sharpnessMeasure();
      this.sharpness.add(tokens, tokens.distribution, all);
    }
    const isAt = (_: number, token: number) => isScored(tokens, token);
    const first = tokens.logProbability.findIndex(isAt);
    if (first >= 0) {
      this.firstScored = Math.min(this.firstScored, this.tokens + first);
      this.scoredEnd = this.tokens + tokens.logProbability.findLastIndex(isAt) + 1;
    }
    this.tokens += tokens.count;
    this.charactersWithoutToken += tokens.withoutToken;
  }

  /** @param settings windows, resolved */
  value(model: ModelFacts, settings: WindowSettings): RoleMeasures {
    const { tokens, charactersWithoutToken, scoredEnd } = this;
    return {
      model,
      settings,
      prompt: null,
      complete: true,
      scoredRange: { start: Math.min(this.firstScored, scoredEnd), endExclusive: scoredEnd },
      tokens,
      charactersWithoutToken,
      surprisal: this.surprisal.value(),
      sharpness: this.sharpness && reportedSharpness(this.sharpness.value(), model),
    };
  }
}
