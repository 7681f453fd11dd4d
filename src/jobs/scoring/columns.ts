/** A text's columns, and how rows of scores get there. */
import type { ScoredRows, Tokenization } from "../../engine/engine";
import { CONCENTRATION_KS, type TokenColumns } from "../../protocol/scores";

/** Nothing is scored. */
export function emptyColumns(tokenization: Tokenization, topK: number): TokenColumns {
  const count = tokenization.id.length;
  return {
    count,
    ...tokenization,
    logProbability: new Float64Array(count).fill(NaN),
    rank: new Uint32Array(count),
    entropy: new Float32Array(count).fill(NaN),
    coverage: new Uint32Array(count),
    concentration: new Uint16Array(count * CONCENTRATION_KS.length),
    topK,
    topId: new Int32Array(count * topK).fill(-1),
    topLogProbability: new Float32Array(count * topK).fill(-Infinity),
  };
}

/** @param at number of the first row's token */
export function writeRows(columns: TokenColumns, rows: ScoredRows, at: number): void {
  columns.logProbability.set(rows.logProbability, at);
  columns.rank.set(rows.rank, at);
  columns.entropy.set(rows.entropy, at);
  columns.coverage.set(rows.coverage, at);
  columns.concentration.set(rows.concentration, at * CONCENTRATION_KS.length);
  columns.topId.set(rows.topId, at * columns.topK);
  columns.topLogProbability.set(rows.topLogProbability, at * columns.topK);
}
