/** A text's columns, and how rows of scores get there. */
import {
  unscoredDistributions,
  sliceDistributions,
  writeDistributions,
} from "../../engine/distributions";
import type { DistributionRequest, Engine, ScoredRows, Tokenization } from "../../engine/engine";
import type { TokenColumns, TokenRange } from "../../protocol/scores";

/** Nothing is scored. */
export function emptyColumns(
  tokenization: Tokenization,
  distribution: DistributionRequest | null,
): TokenColumns {
  const count = tokenization.id.length;
  return {
    count,
    ...tokenization,
    logProbability: new Float64Array(count).fill(NaN),
    distribution: distribution && unscoredDistributions(count, distribution.topK),
  };
}

/** What an engine gives of what is wanted; null: log-probabilities alone. */
export function readable(
  { capabilities }: Engine,
  wanted: DistributionRequest | null,
): DistributionRequest | null {
  return capabilities.distribution ? wanted : null;
}

/** @param at number of the first row's token */
export function writeRows(
  columns: TokenColumns,
  rows: Pick<ScoredRows, "logProbability" | "distribution">,
  at: number,
): void {
  columns.logProbability.set(rows.logProbability, at);
  if (columns.distribution && rows.distribution) {
    writeDistributions(columns.distribution, rows.distribution, at);
  }
}

/** Some of the tokens as columns of their own; views, not copies. */
export function sliceColumns(columns: TokenColumns, tokens: TokenRange): TokenColumns {
  const { start, endExclusive } = tokens;
  return {
    count: endExclusive - start,
    start: columns.start.subarray(start, endExclusive),
    endExclusive: columns.endExclusive.subarray(start, endExclusive),
    id: columns.id.subarray(start, endExclusive),
    flags: columns.flags.subarray(start, endExclusive),
    withoutToken: columns.withoutToken,
    logProbability: columns.logProbability.subarray(start, endExclusive),
    distribution: columns.distribution && sliceDistributions(columns.distribution, tokens),
  };
}
