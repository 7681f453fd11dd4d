import type { AnchorSpan } from "./anchors";

/** A node of the diagram: an anchor, or the start or end that every generation passes. */
export interface SankeyNode {
  readonly kind: "start" | "anchor" | "end";
  /** Number of the anchor; -1 for start and end. */
  readonly anchor: number;
  /** Generations that pass through, ascending. */
  readonly generations: readonly number[];
}

/** Generations whose next node after `source` is `target`; both are numbers of nodes, `source < target`. */
export interface SankeyLink {
  readonly source: number;
  readonly target: number;
  readonly generations: readonly number[];
}

export interface Sankey {
  /** Start, the anchors as given, end. */
  readonly nodes: readonly SankeyNode[];
  /** By source, then target; none is empty. */
  readonly links: readonly SankeyLink[];
}

/**
 * The flow of generations through anchors (paper §4.3, Figures 1 and 8 to 12). Into every anchor flows what flows out
 * of it; start and end carry all generations; one without anchors flows from start to end.
 *
 * @param anchors As `findAnchors` gives them: disjoint in every generation and by column, so that no flow turns back.
 * @param generations How many there are, N.
 */
export function sankeyFlow(anchors: readonly AnchorSpan[], generations: number): Sankey {
  const everyone = Array.from({ length: generations }, (_, generation) => generation);
  const end = anchors.length + 1;
  const nodes: SankeyNode[] = [
    { kind: "start", anchor: -1, generations: everyone },
    ...anchors.map(({ occurrences }, anchor) => ({
      kind: "anchor" as const,
      anchor,
      generations: occurrences.map(({ generation }) => generation),
    })),
    { kind: "end", anchor: -1, generations: everyone },
  ];

  const lastNode = new Int32Array(generations);
  const flows = new Map<number, number[]>();
  for (let target = 1; target <= end; target++) {
    for (const generation of nodes[target]!.generations) {
      const key = lastNode[generation]! * (end + 1) + target;
      const flow = flows.get(key);
      if (flow === undefined) flows.set(key, [generation]);
      else flow.push(generation);
      lastNode[generation] = target;
    }
  }
  const links = [...flows.entries()]
    .sort(([a], [b]) => a - b)
    .map(([key, flow]) => ({
      source: Math.floor(key / (end + 1)),
      target: key % (end + 1),
      generations: flow,
    }));
  return { nodes, links };
}
