/**
 * What can be predicted without a hidden state (docs/definitions.md, "Probes"). Each control gives the token that it expects
 * `ahead` tokens after the next one; of equally frequent tokens that with the smallest number.
 */
import { predictedRow, type TokenRows } from "./tokenRows";

/** The token that is expected, by row. */
export type Expectation = (row: number) => number;

/** The token that most fit rows predict, whatever stands before. */
function unigram(rows: TokenRows, fit: Uint32Array, ahead: number): Expectation {
  const counts = new Map<number, number>();
  for (const row of fit) count(counts, rows.token[predictedRow(row, ahead)]!);
  const most = mostFrequent(counts);
  return () => most;
}

/** The token that most often stands so far ahead of the row's own; of a token that no fit row has, the most frequent one. */
function skipBigram(rows: TokenRows, fit: Uint32Array, ahead: number): Expectation {
  const { token } = rows;
  const after = new Map<number, Map<number, number>>();
  for (const row of fit) {
    const counts = after.get(token[row]!) ?? new Map<number, number>();
    after.set(token[row]!, counts);
    count(counts, token[predictedRow(row, ahead)]!);
  }
  const table = new Map([...after].map(([from, counts]) => [from, mostFrequent(counts)]));
  const otherwise = unigram(rows, fit, ahead);
  return (row) => table.get(token[row]!) ?? otherwise(row);
}

/**
 * The token that most other windows of the same beginning have at the place that is predicted: what is known of a sample by where
 * its words stand in the other samples of its prompt. Where no other is so long, the most frequent one.
 */
function priorOfOthers(rows: TokenRows, fit: Uint32Array, ahead: number): Expectation {
  const { token, window, windowStart, beginningOf } = rows;
  const windowsOf = new Map<number, number[]>();
  beginningOf.forEach((beginning, i) =>
    windowsOf.set(beginning, [...(windowsOf.get(beginning) ?? []), i]),
  );
  const otherwise = unigram(rows, fit, ahead);
  return (row) => {
    const own = window[row]!;
    const place = predictedRow(row, ahead) - windowStart[own]!;
    const counts = new Map<number, number>();
    for (const other of windowsOf.get(beginningOf[own]!)!) {
      const there = windowStart[other]! + place;
      if (other !== own && there < windowStart[other + 1]!) count(counts, token[there]!);
    }
    return counts.size === 0 ? otherwise(row) : mostFrequent(counts);
  };
}

function count(counts: Map<number, number>, token: number): void {
  counts.set(token, (counts.get(token) ?? 0) + 1);
}

/** -1 of none. */
function mostFrequent(counts: ReadonlyMap<number, number>): number {
  let best = -1;
  let most = 0;
  for (const [token, times] of counts) {
    if (times > most || (times === most && token < best)) [best, most] = [token, times];
  }
  return best;
}

/** Controls by name. */
export const CONTROLS = { unigram, "skip-bigram": skipBigram, prior: priorOfOthers } as const;
