import { blockInterval } from "../analysis/bootstrap";
import { divergentSpans, mostDivergent, type DivergentSpan } from "../analysis/divergence";
import { cutSegments, differences, segmentsIn, type Segments } from "../analysis/segments";
import { increasePercent, measureSurprisal } from "../analysis/surprisal";
import { tokenizeAlike } from "../analysis/tokenizers";
import { tokensIn } from "../analysis/tokens";
import type { TextScores } from "../engine/scoring";
import type { Divergence, RoleSummary, Summary } from "../protocol/requests";
import type { TextRange } from "../protocol/scores";

/** Spans that a summary names. */
const DIVERGENCES = 20;
/** Characters (UTF-16 units) of a span's text that are shown. */
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
  const baseSummary = base && summariseRole(text, base, range);
  const rlhfSummary = rlhf && summariseRole(text, rlhf, range);
  const segments = base && rlhf && segmentsIn(cutSegments(base.columns, rlhf.columns), range);
  return {
    version,
    complete: (base?.complete ?? true) && (rlhf?.complete ?? true),
    range,
    base: baseSummary,
    rlhf: rlhfSummary,
    sameTokenizer: !base || !rlhf || tokenizeAlike(base.model, rlhf.model),
    increasePercent: baseSummary && rlhfSummary && increaseOf(baseSummary, rlhfSummary),
    paired: segments && blockInterval(differences(segments)),
    divergences: segments ? mostDivergentIn(text, segments) : [],
  };
}

export function summariseRole(
  text: string,
  scores: TextScores,
  range: TextRange | null,
): RoleSummary {
  const { columns, model, scoredRange } = scores;
  const tokens = tokensIn(columns, range);
  return {
    model,
    tokens: tokens.endExclusive - tokens.start,
    ...measureSurprisal(text, columns, tokens),
    scoredRange,
  };
}

/** A span with its text, for lists. */
export function describeDivergence(text: string, span: DivergentSpan): Divergence {
  const { start, endExclusive, bits } = span;
  return { range: { start, endExclusive }, bits, text: cut(text.slice(start, endExclusive)) };
}

/** Of perplexity where the tokenizers are one, else of bits per byte; null where either is missing. */
function increaseOf(base: RoleSummary, rlhf: RoleSummary): number | null {
  const increase = tokenizeAlike(base.model, rlhf.model)
    ? increasePercent(base.perplexity, rlhf.perplexity)
    : increasePercent(base.bitsPerByte, rlhf.bitsPerByte);
  return Number.isFinite(increase) ? increase : null;
}

function mostDivergentIn(text: string, segments: Segments): Divergence[] {
  return mostDivergent(divergentSpans(segments), DIVERGENCES).map((span) =>
    describeDivergence(text, span),
  );
}

/** The first characters; a pair of surrogates stays whole. */
function cut(text: string): string {
  if (text.length <= SHOWN_TEXT) return text;
  return text.slice(0, SHOWN_TEXT - 1).replace(/[\ud800-\udbff]$/, "") + "…";
}
