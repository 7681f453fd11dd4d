import { lowerBound, type MatchedPieces } from "./matchedPieces";

/** Shorter parts are left to be fitted in with what surrounds them. */
const MIN_PART = 4;

/**
 * A part that could not be matched so often is not tried again: near-equal texts share very many strings over the same
 * few places where they differ.
 */
const PATIENCE = 8;

/** A range of characters within a string: from, and to exclusive. */
export type Part = readonly [from: number, to: number];

/**
 * Cuts a string that occurs at `sites` into the parts that are free somewhere, such that every occurrence is either
 * wholly free over a part or stands in one piece.
 */
export function partsToPlace(pieces: MatchedPieces, sites: Int32Array, length: number): Part[] {
  const parts: Part[] = [];
  for (const [from, to] of mergeParts(freeParts(pieces, sites, length))) {
    const cuts = new Set([from, to]);
    for (const site of sites) addCuts(pieces, site, from, to, cuts);
    const ascending = [...cuts].sort((a, b) => a - b);
    for (let c = 0; c + 1 < ascending.length; c++) parts.push([ascending[c]!, ascending[c + 1]!]);
  }
  return parts;
}

/** Where the occurrences are free, one list for all of them. */
function freeParts(pieces: MatchedPieces, sites: Int32Array, length: number): Part[] {
  const parts: Part[] = [];
  for (const site of sites) {
    const end = site + length;
    let free = pieces.nextFree(site);
    while (free < end) {
      const freeEnd = Math.min(pieces.nextPlaced(free) ?? end, end);
      if (freeEnd - free >= MIN_PART && pieces.refusals[free]! < PATIENCE) {
        parts.push([free - site, freeEnd - site]);
      }
      free = freeEnd < end ? pieces.nextFree(freeEnd) : end;
    }
  }
  return parts;
}

/** The union of parts, as disjoint parts in order; parts that only touch stay apart. */
function mergeParts(parts: Part[]): Part[] {
  const merged: [number, number][] = [];
  for (const [from, to] of parts.sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
    const last = merged[merged.length - 1];
    if (last !== undefined && from < last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Adds the ends of the pieces that one occurrence has between `from` and `to`. */
function addCuts(
  pieces: MatchedPieces,
  site: number,
  from: number,
  to: number,
  cuts: Set<number>,
): void {
  const text = pieces.index.textOf[site]!;
  const starts = pieces.starts[text]!;
  const ends = pieces.ends[text]!;
  for (let p = lowerBound(ends, site + from + 1); p < starts.length; p++) {
    if (starts[p]! >= site + to) break;
    if (starts[p]! > site + from) cuts.add(starts[p]! - site);
    if (ends[p]! < site + to) cuts.add(ends[p]! - site);
  }
}
