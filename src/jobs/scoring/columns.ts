/** A text's columns, and how rows of scores get there. */
import {
  unscoredDistributions,
  sliceDistributions,
  writeDistributions,
} from "../../engine/distributions";
import type { DistributionRequest, Engine, ScoredRows, Tokenization } from "../../engine/engine";
import type { TokenColumns, TokenRange, WordBoundary } from "../../protocol/scores";

/** Nothing is scored. */
export function emptyColumns(
  tokenization: Tokenization,
  distribution: DistributionRequest | null,
  boundary: WordBoundary | null = null,
): TokenColumns {
  const count = tokenization.id.length;
  const borders = () => new Float64Array(count + 1).fill(NaN);
  return {
    count,
    ...tokenization,
    logProbability: new Float64Array(count).fill(NaN),
    distribution: distribution && unscoredDistributions(count, distribution.topK),
    ...(boundary && { boundary: { kind: boundary, logProbability: borders() } }),
  };
}

/** What an engine gives of what is wanted; null: log-probabilities alone. */
export function readable(
  { capabilities }: Engine,
  wanted: DistributionRequest | null,
): DistributionRequest | null {
  return capabilities.distribution ? wanted : null;
}

/** Rows with what columns keep of them; of the end of the text, which is no token, only whether a word ends there. */
interface WrittenRows extends Pick<ScoredRows, "count" | "logProbability" | "distribution"> {
  readonly boundary?: Float64Array | undefined;
}

/** @param at number of the first row's token */
export function writeRows(columns: TokenColumns, rows: WrittenRows, at: number): void {
  const count = Math.min(rows.count, columns.count - at);
  columns.logProbability.set(rows.logProbability.subarray(0, count), at);
  if (columns.distribution && rows.distribution) {
    const written = sliceDistributions(rows.distribution, { start: 0, endExclusive: count });
    writeDistributions(columns.distribution, written, at);
  }
  if (columns.boundary && rows.boundary) columns.boundary.logProbability.set(rows.boundary, at);
}

/** Some of the tokens as columns of their own; views, not copies. */
export function sliceColumns(columns: TokenColumns, tokens: TokenRange): TokenColumns {
  const { start, endExclusive } = tokens;
  const { boundary } = columns;
  return {
    count: endExclusive - start,
    start: columns.start.subarray(start, endExclusive),
    endExclusive: columns.endExclusive.subarray(start, endExclusive),
    id: columns.id.subarray(start, endExclusive),
    flags: columns.flags.subarray(start, endExclusive),
    withoutToken: columns.withoutToken,
    logProbability: columns.logProbability.subarray(start, endExclusive),
    distribution: columns.distribution && sliceDistributions(columns.distribution, tokens),
    ...(boundary && {
      boundary: {
        kind: boundary.kind,
        logProbability: boundary.logProbability.subarray(start, endExclusive + 1),
      },
    }),
  };
}
