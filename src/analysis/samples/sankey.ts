import type { AnchorSpan } from "./anchors";

/** A node of the diagram: an anchor, or the start or end that every sample passes. */
export interface SankeyNode {
  readonly kind: "start" | "anchor" | "end";
  /** Number of the anchor; -1 for start and end. */
  readonly anchor: number;
  /** Samples that pass through, ascending. */
  readonly samples: readonly number[];
}

/** Samples whose next node after `source` is `target`; both are numbers of nodes, `source < target`. */
export interface SankeyLink {
  readonly source: number;
  readonly target: number;
  readonly samples: readonly number[];
}

export interface Sankey {
  /** Start, the anchors as given, end. */
  readonly nodes: readonly SankeyNode[];
  /** By source, then target; none is empty. */
  readonly links: readonly SankeyLink[];
}

/**
 * The flow of samples through anchors (paper §4.3, Figures 1 and 8 to 12). Into every anchor flows what flows out
 * of it; start and end carry all samples; one without anchors flows from start to end.
 *
 * @param anchors As `findAnchors` gives them: disjoint in every sample and by column, so that no flow turns back.
 * @param samples How many there are, N.
 */
export function sankeyFlow(anchors: readonly AnchorSpan[], samples: number): Sankey {
  const everyone = Array.from({ length: samples }, (_, sample) => sample);
  const end = anchors.length + 1;
  const nodes: SankeyNode[] = [
    { kind: "start", anchor: -1, samples: everyone },
    ...anchors.map(({ occurrences }, anchor) => ({
      kind: "anchor" as const,
      anchor,
      samples: occurrences.map(({ sample }) => sample),
    })),
    { kind: "end", anchor: -1, samples: everyone },
  ];

  const lastNode = new Int32Array(samples);
  const flows = new Map<number, number[]>();
  for (let target = 1; target <= end; target++) {
    for (const sample of nodes[target]!.samples) {
      const key = lastNode[sample]! * (end + 1) + target;
      const flow = flows.get(key);
      if (flow === undefined) flows.set(key, [sample]);
      else flow.push(sample);
      lastNode[sample] = target;
    }
  }
  const links = [...flows.entries()]
    .sort(([a], [b]) => a - b)
    .map(([key, flow]) => ({
      source: Math.floor(key / (end + 1)),
      target: key % (end + 1),
      samples: flow,
    }));
  return { nodes, links };
}
