/** A Sankey diagram as SVG, with colours and type written out, as a saved file needs them. */
import type { AnchorView } from "../../../src/protocol/anchorViews";
import { svgElement, svgPicture } from "../../kit/dom";
import { formatPercent, shortened, visibleText } from "../../../src/analysis/presentation/format";
import type { Theme } from "../../kit/theme";
import type { FlowLayout, FlowLink, FlowNode } from "./flowLayout";
import type { Flows } from "./flows";

export interface FlowDrawing {
  readonly svg: SVGSVGElement;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly links: readonly { readonly link: FlowLink; readonly part: SVGPathElement }[];
  readonly nodes: readonly { readonly node: FlowNode; readonly part: SVGGElement }[];
}

const LINE_HEIGHT = 1.25;
const MAX_LINES = 3;
/** Mean width of a character, in font sizes. */
const CHARACTER_WIDTH = 0.56;

/** How a diagram is read. */
export const FLOW_READING =
  "Left to right: the order in which samples pass their anchors; distances say nothing. A flow is as thick as the samples that take it, and has the colour of the anchor that it leads to or, at the end, comes from; grey: samples without any anchor.";

/** Ends the label of an anchor at whose place the samples agree more than by chance. */
export const ABOVE_CHANCE = "↑";

export function drawFlows(
  layout: FlowLayout,
  { view, byChance }: Flows,
  theme: Theme,
): FlowDrawing {
  const { width, height } = layout;
  const links = layout.links.map((link) => ({ link, part: drawLink(link, theme) }));
  const nodes = layout.nodes.map((node) => {
    const isAboveChance = byChance[node.anchor] === "above";
    return { node, part: drawNode(node, view.anchors[node.anchor], isAboveChance, theme) };
  });
  const svg = svgPicture(
    width,
    height,
    { "font-family": theme.fontFamily, "font-size": String(theme.fontSize - 1) },
    svgElement("g", { fill: "none" }, ...links.map(({ part }) => part)),
    svgElement("g", {}, ...nodes.map(({ part }) => part)),
  );
  return { svg, width, height, links, nodes };
}

/** A link in words. */
export function describeLink(link: FlowLink, anchors: readonly AnchorView[], all: number): string {
  const name = (anchor: number | null, otherwise: string) =>
    anchor === null ? otherwise : anchorName(anchor, anchors[anchor]);
  return `${link.samples} of ${all} samples: ${name(link.from, "start")} → ${name(link.to, "end")}`;
}

export function anchorName(anchor: number, view: AnchorView | undefined): string {
  return `${anchor + 1} “${visibleText(view?.text ?? "").trim()}”`;
}

export function anchorColor(anchor: number, theme: Theme): string {
  return theme.anchors[anchor % theme.anchors.length] ?? theme.muted;
}

function drawLink({ path, width, from, to }: FlowLink, theme: Theme): SVGPathElement {
  const end = to ?? from;
  return svgElement("path", {
    d: path,
    stroke: end === null ? theme.muted : anchorColor(end, theme),
    "stroke-width": width.toFixed(2),
    "stroke-opacity": end === null ? "0.25" : "0.35",
  });
}

function drawNode(
  node: FlowNode,
  anchor: AnchorView | undefined,
  isAboveChance: boolean,
  theme: Theme,
): SVGGElement {
  const { x0, x1, y0, y1 } = node;
  const rectangle = svgElement("rect", {
    x: x0.toFixed(2),
    y: y0.toFixed(2),
    width: (x1 - x0).toFixed(2),
    height: Math.max(1, y1 - y0).toFixed(2),
    rx: "2",
    fill: anchor ? anchorColor(node.anchor, theme) : theme.muted,
  });
  return svgElement("g", {}, rectangle, drawLabel(node, anchor, isAboveChance, theme));
}

/** Beside the node, in the middle of its height: share, then the first words. */
function drawLabel(
  node: FlowNode,
  anchor: AnchorView | undefined,
  isAboveChance: boolean,
  theme: Theme,
): SVGTextElement {
  const x = node.x1 + 6;
  const size = theme.fontSize - 1;
  const [head, ...words] = anchor
    ? [
        `${node.anchor + 1} · ${formatPercent(anchor.share, 0)}${isAboveChance ? ` ${ABOVE_CHANCE}` : ""}`,
        ...wrap(
          fromFirstWord(visibleText(anchor.text)),
          node.labelWidth / (CHARACTER_WIDTH * size),
        ),
      ]
    : [node.kind, String(node.samples)];
  const lines = [
    svgElement("tspan", { "font-weight": anchor ? "600" : "400" }, head),
    ...words.map((line) => svgElement("tspan", {}, line)),
  ];
  const middle = (node.y0 + node.y1) / 2;
  const top = middle - ((lines.length - 1) * LINE_HEIGHT * size) / 2 + 0.35 * size;
  lines.forEach((line, i) => {
    line.setAttribute("x", x.toFixed(2));
    line.setAttribute("y", (top + i * LINE_HEIGHT * size).toFixed(2));
  });
  return svgElement(
    "text",
    {
      fill: theme.foreground,
      // A rim in the background's colour keeps the words readable on the flows.
      stroke: theme.background,
      "stroke-width": "3",
      "stroke-linejoin": "round",
      "paint-order": "stroke",
    },
    ...lines,
  );
}

/** Anchors often begin with the end of the sentence before; a label has no room for it. */
function fromFirstWord(text: string): string {
  return text.replace(/^[^\p{L}\p{N}]+/u, "");
}

/** At most {@link MAX_LINES} lines of about `width` characters; what does not fit ends in an ellipsis. */
function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(6, Math.floor(width));
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/u)) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = "";
    }
    line += (line === "" ? "" : " ") + word;
  }
  lines.push(line);
  const shown = lines.slice(0, MAX_LINES).map((shown) => shortened(shown, room));
  if (lines.length > MAX_LINES) {
    shown[MAX_LINES - 1] = `${shortened(lines[MAX_LINES - 1] ?? "", room - 1).replace(/…$/, "")}…`;
  }
  return shown;
}
