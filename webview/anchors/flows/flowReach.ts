/** Makes the parts of a Sankey diagram reachable: by keyboard, by mouse, and for screen readers. */
import type { AgainstChance } from "../../../src/report/againstChance";
import { anchorName, describeLink, type FlowDrawing } from "./flowDrawing";
import type { Flows } from "./flows";

export interface ReachActions {
  /** Gets the label of what is pointed at or has the focus; empty: nothing is. */
  readonly read: (label: string) => void;
  readonly markAnchor: (anchor: number) => void;
}

/** Anchors can be pressed, links can be read. */
export function makeReachable(
  { svg, links, nodes }: FlowDrawing,
  title: string,
  { view, samples, byChance }: Flows,
  { read, markAnchor }: ReachActions,
): void {
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", title);
  for (const { link, part } of links) {
    reach(part, "img", describeLink(link, view.anchors, samples), read);
  }
  const anchors = nodes.filter(({ node }) => node.kind === "anchor");
  for (const { node, part } of anchors) {
    const name = anchorName(node.anchor, view.anchors[node.anchor]);
    const chance = chanceWords(byChance[node.anchor] ?? null);
    reach(part, "button", `Anchor ${name}: ${node.samples} of ${samples} samples${chance}`, read);
    onPress(part, () => markAnchor(node.anchor));
  }
  takeTurns([...anchors, ...links].map(({ part }) => part));
}

function reach(part: SVGElement, role: string, label: string, read: (label: string) => void): void {
  part.setAttribute("tabindex", "-1");
  part.setAttribute("role", role);
  part.setAttribute("aria-label", label);
  for (const event of ["mouseenter", "focus"]) part.addEventListener(event, () => read(label));
  for (const event of ["mouseleave", "blur"]) part.addEventListener(event, () => read(""));
}

/** Ends what is said of an anchor; empty: not measured. */
function chanceWords(byChance: AgainstChance | null): string {
  return byChance === null ? "" : `; overlap there is ${byChance} the band of chance`;
}

function onPress(part: SVGElement, press: () => void): void {
  part.addEventListener("click", press);
  part.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    press();
  });
}

/** Makes the parts one stop of the Tab key, between which the arrow keys, Home and End move the focus. */
function takeTurns(parts: readonly SVGElement[]): void {
  parts[0]?.setAttribute("tabindex", "0");
  parts.forEach((part, i) =>
    part.addEventListener("keydown", (event) => {
      const next = parts[placeAfter(event.key, i, parts.length)];
      if (!next || next === part) return;
      event.preventDefault();
      part.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    }),
  );
}

function placeAfter(key: string, place: number, count: number): number {
  if (key === "ArrowRight" || key === "ArrowDown") return Math.min(place + 1, count - 1);
  if (key === "ArrowLeft" || key === "ArrowUp") return Math.max(place - 1, 0);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : place;
}
