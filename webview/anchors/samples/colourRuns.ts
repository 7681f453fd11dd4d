/** A text cut where its colours change. */
import type { TextRange } from "../../../src/protocol/scores";

export interface AnchorPlace extends TextRange {
  readonly anchor: number;
}

export interface ColourRun extends TextRange {
  /** Number of the anchor it belongs to; null: none. */
  readonly anchor: number | null;
  /** It matches what was searched for. */
  readonly found: boolean;
}

/** @param anchors disjoint, ascending */
export function colourRunsOf(
  length: number,
  anchors: readonly AnchorPlace[],
  found: readonly TextRange[],
): readonly ColourRun[] {
  const cuts = new Set([0, length]);
  for (const { start, endExclusive } of [...anchors, ...found]) cuts.add(start).add(endExclusive);
  const edges = [...cuts].sort((a, b) => a - b);
  return edges.slice(0, -1).map((start, i) => {
    const holds = (range: TextRange) => range.start <= start && start < range.endExclusive;
    return {
      start,
      endExclusive: edges[i + 1] ?? length,
      anchor: anchors.find(holds)?.anchor ?? null,
      found: found.some(holds),
    };
  });
}

/** Every place where `wanted` stands, whatever the case; none for an empty one. */
export function findAll(text: string, wanted: string): readonly TextRange[] {
  if (wanted === "") return [];
  const pattern = new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "giu");
  return Array.from(text.matchAll(pattern), ({ 0: match, index }) => ({
    start: index,
    endExclusive: index + match.length,
  }));
}
