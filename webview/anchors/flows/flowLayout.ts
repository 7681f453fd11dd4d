/** Where the parts of a Sankey diagram stand; laid out by d3-sankey. */
import { sankey, sankeyJustify, sankeyLinkHorizontal } from "d3-sankey";
import type { AnchorsView } from "../../../src/protocol/anchorViews";

export interface FlowLayout {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
}

export interface FlowNode {
  readonly kind: "start" | "anchor" | "end";
  /** Number of the anchor; -1 for start and end. */
  readonly anchor: number;
  readonly samples: number;
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  /** Room for the label between this node and the next ones. */
  readonly labelWidth: number;
}

export interface FlowLink {
  /** Numbers of anchors; null: the start, the end. */
  readonly from: number | null;
  readonly to: number | null;
  readonly samples: number;
  /** SVG path along the middle. */
  readonly path: string;
  readonly width: number;
}

const NODE_WIDTH = 10;
const NODE_PADDING = 26;
/** At the right stands the end's label. */
const MARGIN = { top: 14, right: 36, bottom: 14 };
/** A label's few words need it. */
const MIN_STEP = 118;
const HEIGHT = 230;

/** @param available width on the page; the diagram may need more, and is then scrolled. */
export function layOutFlows(view: AnchorsView, available: number): FlowLayout {
  const { anchors, flows } = view;
  const end = anchors.length + 1;
  const nodes = Array.from({ length: end + 1 }, (_, id) => ({ id }));
  const links = flows.map(({ from, to, samples }) => ({
    source: from === null ? 0 : from + 1,
    target: to === null ? end : to + 1,
    value: samples,
  }));

  const layOut = sankey<{ id: number }, object>()
    .nodeId(({ id }) => id)
    .nodeAlign(sankeyJustify)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(NODE_PADDING);
  const depth = longestPath(links, end);
  const width = Math.max(available, MIN_STEP * depth + NODE_WIDTH + MARGIN.right);
  const graph = layOut.extent([
    [0, MARGIN.top],
    [width - MARGIN.right, HEIGHT - MARGIN.bottom],
  ])({ nodes, links });
  const path = sankeyLinkHorizontal();
  const step = (width - NODE_WIDTH - MARGIN.right) / Math.max(1, depth);

  return {
    width,
    height: HEIGHT,
    nodes: graph.nodes.map(({ id, value = 0, x0 = 0, x1 = 0, y0 = 0, y1 = 0 }) => ({
      kind: id === 0 ? "start" : id === end ? "end" : "anchor",
      anchor: id === 0 || id === end ? -1 : id - 1,
      samples: value,
      x0,
      x1,
      y0,
      y1,
      labelWidth: step - NODE_WIDTH - 10,
    })),
    links: graph.links.map((link, i) => ({
      from: flows[i]?.from ?? null,
      to: flows[i]?.to ?? null,
      samples: link.value,
      path: path(link) ?? "",
      width: Math.max(1, link.width ?? 1),
    })),
  };
}

/** Links on the longest way from the start to the end; every link goes to a higher node. */
function longestPath(links: readonly { source: number; target: number }[], end: number): number {
  const longest = new Array<number>(end + 1).fill(0);
  for (const { source, target } of [...links].sort((a, b) => a.source - b.source)) {
    longest[target] = Math.max(longest[target] ?? 0, (longest[source] ?? 0) + 1);
  }
  return Math.max(1, longest[end] ?? 1);
}
