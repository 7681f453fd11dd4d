import type { Segments } from "../text/segments";
import { differences } from "../text/segments";

/** A stretch of text on which the two models differ in one direction. */
export interface DivergentSpan {
  /** UTF-16 offsets. */
  readonly start: number;
  readonly endExclusive: number;
  /** Summed log2 p_base - log2 p_RLHF; positive where the RLHF model is more surprised. */
  readonly bits: number;
}

/** Lowest threshold of {@link divergentSpans}, bits per segment. */
const LEAST_THRESHOLD = 1;

/**
 * The divergent spans of a text in text order; they do not overlap (not in the paper; a choice of ours).
 *
 * A segment's difference d counts for a span beyond a threshold t, the root mean square of all d, but at least one bit:
 * a span is a maximal scoring run (Ruzzo & Tompa 1999) of d - t, or of -d - t, whose score reaches t. So a single
 * segment counts from 2 t on, and where the models differ throughout, only what stands out does. Where a run of one
 * sign crosses one of the other, the higher score stays. Text that was not scored ends a run. Linear in time but for
 * one sort.
 */
export function divergentSpans(segments: Segments): DivergentSpan[] {
  const difference = differences(segments);
  const threshold = Math.max(LEAST_THRESHOLD, rootMeanSquare(difference));
  const runs: Run[] = [];
  for (const [from, to] of unbrokenStretches(segments)) {
    for (const sign of [1, -1]) {
      const score = (i: number) => sign * difference[i]! - threshold;
      runs.push(...maximalRuns(from, to, score).filter((run) => run.score >= threshold));
    }
  }
  return withoutCrossing(runs).map(({ first, last }) => ({
    start: segments.start[first]!,
    endExclusive: segments.endExclusive[last]!,
    bits: difference.subarray(first, last + 1).reduce((sum, bits) => sum + bits, 0),
  }));
}

/** The spans by falling absolute difference. */
export function mostDivergent(spans: readonly DivergentSpan[], count: number): DivergentSpan[] {
  return [...spans].sort((a, b) => Math.abs(b.bits) - Math.abs(a.bits)).slice(0, count);
}

/**
 * The span after or before an offset, wrapping around at the text's ends; null: there is none at all.
 * @param spans in text order
 */
export function neighbouringSpan(
  spans: readonly DivergentSpan[],
  offset: number,
  direction: "next" | "previous",
): DivergentSpan | null {
  const found =
    direction === "next"
      ? (spans.find(({ start }) => start > offset) ?? spans[0])
      : (spans.findLast(({ start }) => start < offset) ?? spans.at(-1));
  return found ?? null;
}

/** Segments `first .. last`, both included. */
interface Run {
  readonly first: number;
  readonly last: number;
  readonly score: number;
}

/** A run with the sums of all scores up to its first segment and up to its last. */
interface Candidate {
  readonly first: number;
  readonly last: number;
  readonly before: number;
  readonly through: number;
  /** The nearest candidate to the left with a smaller `before`; -1: none. */
  readonly lower: number;
}

/**
 * All maximal scoring runs of [from, to): Ruzzo & Tompa, "A linear time algorithm for finding all maximal scoring
 * subsequences" (ISMB 1999). The stack holds their candidate list I_1 .. I_k; `lower` links to the j of their step 1.
 */
function maximalRuns(from: number, to: number, score: (i: number) => number): Run[] {
  const stack: Candidate[] = [];
  let sum = 0;
  for (let i = from; i < to; i++) {
    const before = sum;
    sum += score(i);
    if (sum <= before) continue;
    let candidate = { first: i, last: i, before, through: sum };
    for (;;) {
      const lower = lowerCandidate(stack, candidate.before);
      const left = stack[lower];
      if (left === undefined || left.through >= candidate.through) {
        stack.push({ ...candidate, lower });
        break;
      }
      candidate = { ...candidate, first: left.first, before: left.before };
      stack.length = lower;
    }
  }
  return stack.map(({ first, last, before, through }) => ({
    first,
    last,
    score: through - before,
  }));
}

function lowerCandidate(stack: readonly Candidate[], before: number): number {
  let at = stack.length - 1;
  while (at >= 0 && stack[at]!.before >= before) at = stack[at]!.lower;
  return at;
}

/** Keeps the higher score of two runs that share a segment; in text order. */
function withoutCrossing(runs: readonly Run[]): Run[] {
  const kept: Run[] = [];
  for (const run of [...runs].sort((a, b) => a.first - b.first)) {
    const crossed = kept.at(-1);
    if (crossed === undefined || crossed.last < run.first) kept.push(run);
    else if (crossed.score < run.score) kept[kept.length - 1] = run;
  }
  return kept;
}

/** Half-open ranges of segments that touch each other in the text. */
function* unbrokenStretches(segments: Segments): Iterable<[from: number, to: number]> {
  let from = 0;
  for (let i = 1; i <= segments.count; i++) {
    if (i < segments.count && segments.start[i] === segments.endExclusive[i - 1]) continue;
    yield [from, i];
    from = i;
  }
}

function rootMeanSquare(values: Float64Array): number {
  const squares = values.reduce((sum, value) => sum + value * value, 0);
  return values.length === 0 ? 0 : Math.sqrt(squares / values.length);
}
