import type { Alignment } from "../align/align";
import { rangeMinimum } from "../align/rangeMinimum";
import { forEachInterval } from "../align/repeats";
import { indexTexts, type TextIndex } from "../align/textIndex";
import { codePoints, textOfCodePoints } from "../text/codePoints";

/** Where an anchor stands in one sample. */
export interface AnchorOccurrence {
  readonly sample: number;
  /** Code points before it. */
  readonly start: number;
}

/** A string that many samples have at the same column of their alignment (paper §4.3). */
export interface AnchorSpan {
  readonly text: string;
  /** Code points. */
  readonly length: number;
  /** Alignment column of its first character. */
  readonly column: number;
  /** One for each sample that has it, by sample. */
  readonly occurrences: readonly AnchorOccurrence[];
  /** Samples that have it / all, in (0, 1]. */
  readonly share: number;
}

/**
 * What is picked first (a choice): `frequency`, the samples that have a span, then its length (the paper), or
 * `mass`, samples x length, which keeps a long sentence whole when a few samples leave it early.
 */
export type AnchorOrder = "frequency" | "mass";

export interface AnchorOptions {
  /** Code points, at least 1. */
  readonly minLength: number;
  /** Share of the samples that must have a span; two must in any case. */
  readonly minShare: number;
  /** How many spans are picked; Infinity: all. */
  readonly limit: number;
  readonly order: AnchorOrder;
}

export const DEFAULT_ANCHORS: AnchorOptions = {
  minLength: 30,
  minShare: 0.2,
  limit: 6,
  order: "mass",
};

/** The tails of the samples, by the column in which they begin, sorted: what anchors are found in. */
export interface TailIndex {
  readonly samples: TextIndex;
  /** The texts' code points, `[sample]`. */
  readonly points: readonly Int32Array[];
  /** Sites by column, within a column in the order of their tails. */
  readonly sites: Int32Array;
  /** Characters a tail shares with the one before it in `sites`; 0 for the first of a column. */
  readonly common: Int32Array;
  /** Column of each entry of `sites`. */
  readonly columnOf: Int32Array;
}

/** A candidate: the tails `sites[first .. endExclusive)` share `length` characters, and some of them no more. */
interface Candidate {
  readonly first: number;
  readonly endExclusive: number;
  readonly length: number;
  /** Samples in which it was last found free of picked spans; it never rises. */
  samples: number;
}

/** Sorts the tails at every column once, so that anchors for any options are found quickly. Linear in the texts' length. */
export function indexTails(texts: readonly string[], alignment: Alignment): TailIndex {
  const points = texts.map(codePoints);
  const samples = indexTexts(points);
  const { order, textOf, starts } = samples;
  const columnAt = (site: number) => alignment.rows[textOf[site]!]![site - starts[textOf[site]!]!];

  const ends = new Int32Array(alignment.columns + 1);
  for (const row of alignment.rows) for (const column of row) ends[column + 1]!++;
  for (let column = 0; column < alignment.columns; column++) ends[column + 1]! += ends[column]!;

  const count = ends[alignment.columns]!;
  const sites = new Int32Array(count);
  const columnOf = new Int32Array(count);
  const common = new Int32Array(count);
  const rankOfLast = new Int32Array(alignment.columns).fill(-1);
  const shared = rangeMinimum(samples.common);
  // Going through all suffixes in order fills every column in order.
  for (let rank = 0; rank < order.length; rank++) {
    const column = columnAt(order[rank]!);
    if (column === undefined) continue;
    const entry = ends[column]!++;
    sites[entry] = order[rank]!;
    columnOf[entry] = column;
    if (rankOfLast[column]! >= 0) common[entry] = shared(rankOfLast[column]! + 1, rank);
    rankOfLast[column] = rank;
  }
  return { samples, points, sites, common, columnOf };
}

/**
 * The anchor spans (paper §4.3): strings of at least `minLength` characters that at least m = max(2, ceil(minShare N))
 * samples have at the same column, picked greedily. Picking one takes its characters: samples in which another
 * candidate overlaps them no longer count for it. Spans are disjoint in every sample, and in column order.
 */
export function findAnchors(index: TailIndex, options: AnchorOptions): AnchorSpan[] {
  const all = index.points.length;
  const fewest = fewestSamples(options.minShare, all);
  const freeRun = freeRuns(index.samples);
  const picked: AnchorSpan[] = [];
  let candidates = findCandidates(index, options.minLength, fewest);
  while (picked.length < options.limit) {
    const best = pickBest(index, candidates, options.order, fewest, freeRun);
    if (best === undefined) break;
    picked.push(takeSpan(index, best, freeRun));
    candidates = candidates.filter((candidate) => candidate.samples >= fewest);
  }
  return picked.sort((a, b) => a.column - b.column || (a.text < b.text ? -1 : 1));
}

/** How many of `all` samples must have a span. */
export function fewestSamples(minShare: number, all: number): number {
  return Math.max(2, Math.ceil(minShare * all));
}

/** The inner nodes of every column's prefix tree that are deep and broad enough; by column, then text. */
function findCandidates(index: TailIndex, minLength: number, fewest: number): Candidate[] {
  const candidates: Candidate[] = [];
  forEachInterval(index.common, minLength, (length, first, endExclusive) => {
    const samples = endExclusive - first;
    if (samples >= fewest) candidates.push({ first, endExclusive, length, samples });
  });
  return candidates.sort((a, b) => a.first - b.first || a.length - b.length);
}

/** How many characters from each site on are in no picked span, up to the first that is or the text's end, `[site]`. */
function freeRuns({ symbols, starts, textOf }: TextIndex): Int32Array {
  const runs = new Int32Array(symbols.length);
  for (let site = 0; site < runs.length; site++) runs[site] = starts[textOf[site]! + 1]! - 1 - site;
  return runs;
}

/**
 * The first candidate in the given order, counted again. Counts only fall, so one that would lose with its last count
 * need not be counted.
 */
function pickBest(
  index: TailIndex,
  candidates: readonly Candidate[],
  order: AnchorOrder,
  fewest: number,
  freeRun: Int32Array,
): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of candidates) {
    if (best !== undefined && !precedes(candidate, best, order, index)) continue;
    candidate.samples = countFree(index, candidate, freeRun);
    if (candidate.samples < fewest) continue;
    if (best === undefined || precedes(candidate, best, order, index)) best = candidate;
  }
  return best;
}

function countFree(index: TailIndex, candidate: Candidate, freeRun: Int32Array): number {
  let free = 0;
  for (let entry = candidate.first; entry < candidate.endExclusive; entry++) {
    if (freeRun[index.sites[entry]!]! >= candidate.length) free++;
  }
  return free;
}

/** Whether `a` comes before `b`; ties: samples, length, column, text. */
function precedes(a: Candidate, b: Candidate, order: AnchorOrder, index: TailIndex): boolean {
  const mass = (candidate: Candidate) => candidate.samples * candidate.length;
  if (order === "mass" && mass(a) !== mass(b)) return mass(a) > mass(b);
  if (a.samples !== b.samples) return a.samples > b.samples;
  if (a.length !== b.length) return a.length > b.length;
  const columnOf = (candidate: Candidate) => index.columnOf[candidate.first]!;
  return columnOf(a) !== columnOf(b) ? columnOf(a) < columnOf(b) : a.first < b.first;
}

/** Makes a span of a candidate's free tails and takes their characters. */
function takeSpan(index: TailIndex, candidate: Candidate, freeRun: Int32Array): AnchorSpan {
  const { textOf, starts } = index.samples;
  const { first, endExclusive, length } = candidate;
  const occurrences: AnchorOccurrence[] = [];
  for (const site of index.sites.subarray(first, endExclusive)) {
    if (freeRun[site]! < length) continue;
    const sample = textOf[site]!;
    occurrences.push({ sample, start: site - starts[sample]! });
    freeRun.fill(0, site, site + length);
    for (let before = site - 1; freeRun[before]! > site - before; before--) {
      freeRun[before] = site - before;
    }
  }
  occurrences.sort((a, b) => a.sample - b.sample);
  const { sample, start } = occurrences[0]!;
  return {
    text: textOfCodePoints(index.points[sample]!.subarray(start, start + length)),
    length,
    column: index.columnOf[first]!,
    occurrences,
    share: occurrences.length / index.points.length,
  };
}
