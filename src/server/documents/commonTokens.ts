import { tokensIn, type ScoredTokens } from "../../analysis/text/tokens";
import type { TextRange, TokenRange } from "../../protocol/scores";

/**
 * The tokens of two models that make up the segments overlapping a range: from the last place before it to the first
 * place behind it where both have a token end (or to the text's ends). It takes only the steps needed, so that a
 * screenful of a long text does not cost a pass over the whole text.
 */
export function commonTokens(
  base: ScoredTokens,
  rlhf: ScoredTokens,
  range: TextRange,
): { readonly base: TokenRange; readonly rlhf: TokenRange } {
  const left = tokensIn(base, range);
  const right = tokensIn(rlhf, range);
  const [baseStart, rlhfStart] = walk(base, rlhf, left.start, right.start, -1);
  const [baseEnd, rlhfEnd] = walk(base, rlhf, left.endExclusive, right.endExclusive, 1);
  return {
    base: { start: baseStart, endExclusive: baseEnd },
    rlhf: { start: rlhfStart, endExclusive: rlhfEnd },
  };
}

/** Steps in one direction until the tokens before `i` and before `j` end at the same place. */
function walk(
  base: ScoredTokens,
  rlhf: ScoredTokens,
  i: number,
  j: number,
  step: 1 | -1,
): [i: number, j: number] {
  const last = (tokens: ScoredTokens) => (step === 1 ? tokens.count : 0);
  while (i !== last(base) && j !== last(rlhf)) {
    const left = endBefore(base, i);
    const right = endBefore(rlhf, j);
    // Forwards the one that lags behind moves on, backwards the one that is ahead moves back.
    if (!isCut(base, i)) i += step;
    else if (!isCut(rlhf, j)) j += step;
    else if ((left - right) * step < 0) i += step;
    else if ((left - right) * step > 0) j += step;
    else return [i, j];
  }
  return [last(base), last(rlhf)];
}

/** Whether text ends with the token before: it has text, and the next one shares none of it. */
function isCut({ start, endExclusive }: ScoredTokens, token: number): boolean {
  if (token === 0) return true;
  const end = endExclusive[token - 1]!;
  return start[token - 1]! < end && start[token]! >= end;
}

function endBefore(tokens: ScoredTokens, token: number): number {
  return token === 0 ? 0 : tokens.endExclusive[token - 1]!;
}
