import { type CautionedModel, cautions, sameBos } from "../analysis/scores/cautions";
import {
  commonText,
  commonTextIn,
  increasePercent,
  pairedDifference,
  type CommonSums,
  type CommonText,
} from "../analysis/scores/commonText";
import { shortenedToWords } from "../analysis/presentation/format";
import { lineOf } from "../analysis/scores/lines";
import { onOneLine, wholeWords } from "../analysis/text/words";
import { divergentSpans, mostDivergent, type DivergentSpan } from "../analysis/scores/divergence";
import type { Segments } from "../analysis/text/segments";
import { measureSurprisal } from "../analysis/scores/surprisal";
import { tokenizeAlike } from "../analysis/text/tokenizers";
import { tokensIn } from "../analysis/text/tokens";
import type { TextScores } from "../protocol/textScores";
import type { CommonAmount, Divergence, RoleSummary, Summary } from "../protocol/summary";
import type { TextRange } from "../protocol/scores";

/** Spans that a summary names. */
const DIVERGENCES = 20;
/** Characters of a span's text that are shown. */
const SHOWN_TEXT = 60;

/**
 * Numbers of a text, or of the tokens that overlap `range`, under one model or both. Where nothing is scored, means
 * and rates are NaN.
 * @param version of the document, passed on
 */
export function summarise(
  text: string,
  base: TextScores | null,
  rlhf: TextScores | null,
  range: TextRange | null,
  version: number,
): Summary {
  const common = base && rlhf && commonTextIn(commonScores(base, rlhf), range);
  return {
    version,
    complete: (base?.complete ?? true) && (rlhf?.complete ?? true),
    range,
    base: base && summariseRole(text, base, range),
    rlhf: rlhf && summariseRole(text, rlhf, range),
    sameTokenizer: !base || !rlhf || tokenizeAlike(base.model, rlhf.model),
    sameBos: !base || !rlhf || startAlike(base, rlhf),
    common: common && amountOf(common),
    increasePercent: common && increasePercent(common),
    paired: common && pairedDifference([common.differences]),
    cautions: scoringCautions(base, rlhf),
    divergences: common ? mostDivergentIn(text, common.segments) : [],
  };
}

/** The text that both models have scored. */
export function commonScores(base: TextScores, rlhf: TextScores): CommonText {
  return commonText(base.columns, rlhf.columns, tokenizeAlike(base.model, rlhf.model));
}

export function summariseRole(
  text: string,
  scores: TextScores,
  range: TextRange | null,
): RoleSummary {
  const { columns, model, scoredRange, prompt } = scores;
  const tokens = tokensIn(columns, range);
  return {
    model,
    tokens: tokens.endExclusive - tokens.start,
    ...measureSurprisal(text, columns, tokens),
    scoredRange,
    prompt,
  };
}

/** A span with its text, for lists. */
export function describeDivergence(text: string, span: DivergentSpan): Divergence {
  const { start, endExclusive, bits } = span;
  return {
    range: { start, endExclusive },
    bits,
    text: shownText(text, span),
    words: shortenedToWords(onOneLine(wholeWords(text, start, endExclusive)), SHOWN_TEXT),
    line: lineOf(text, start, endExclusive),
  };
}

/** A stretch of text, cut to what is shown of it. */
export function shownText(text: string, { start, endExclusive }: TextRange): string {
  return cut(text.slice(start, endExclusive));
}

/** What was scored, and how. */
type Scored = Pick<TextScores, "model" | "settings">;

/** Both models read the text behind BOS, or both without it. */
export function startAlike(base: Scored, rlhf: Scored): boolean {
  return sameBos(asScored(base), asScored(rlhf));
}

/** What makes the scores, or their comparison, doubtful. */
export function scoringCautions(base: Scored | null, rlhf: Scored | null): string[] {
  return cautions(base && asScored(base), rlhf && asScored(rlhf));
}

/** With BOS as it stood before the text, whatever the vocabulary asks for. */
function asScored({ model, settings }: Scored): CautionedModel {
  return settings.bos === "auto" ? model : { ...model, addsBos: settings.bos !== "off" };
}

export function amountOf({
  segmentCount,
  baseTokens,
  rlhfTokens,
  base,
  rlhf,
}: CommonSums): CommonAmount {
  return { segments: segmentCount, baseTokens, rlhfTokens, baseBits: base, rlhfBits: rlhf };
}

/** The spans that a summary names, largest difference first. */
export function mostDivergentIn(text: string, segments: Segments): Divergence[] {
  return mostDivergent(divergentSpans(segments), DIVERGENCES).map((span) =>
    describeDivergence(text, span),
  );
}

/** The first characters; a pair of surrogates stays whole. */
function cut(text: string): string {
  if (text.length <= SHOWN_TEXT) return text;
  return text.slice(0, SHOWN_TEXT - 1).replace(/[\ud800-\udbff]$/, "") + "…";
}
