/** One model's Sankey diagram: reachable by keyboard, labelled for screen readers, with a table and buttons to save it. */
import { type Role, ROLE_TITLES } from "../../../src/protocol/roles";
import { type SaveActions, saveFigureButtons } from "../../charts/saveButtons";
import { tableToggle } from "../../charts/table";
import { element } from "../../kit/dom";
import { sideScroll } from "../../kit/sideScroll";
import type { Theme } from "../../kit/theme";
import type { RoleState } from "../state";
import { drawFlows, type FlowDrawing } from "./flowDrawing";
import { layOutFlows } from "./flowLayout";
import { makeReachable } from "./flowReach";
import { flowPicture } from "./flowPicture";
import { type Flows, flowsOf } from "./flows";
import { flowTable } from "./flowTable";
import { nothingFound } from "./nothingFound";

export interface FlowView {
  readonly root: HTMLElement;
  readonly show: (state: RoleState) => void;
  readonly draw: (theme: Theme) => void;
  /** Marks an anchor, or none. */
  readonly mark: (anchor: number | null) => void;
}

/**
 * @param subjectOf whose samples they are, for what is saved; see `PrintWords`
 */
export function flowView(
  role: Role,
  markAnchor: (anchor: number) => void,
  subjectOf: (state: RoleState) => readonly string[],
  save: SaveActions,
): FlowView {
  const title = `${ROLE_TITLES[role]}: flow of samples through their anchors`;
  let flows: Flows | null = null;
  let subject: readonly string[] = [];
  let theme: Theme | null = null;
  let marked: number | null = null;
  let drawing: FlowDrawing | null = null;
  let drawnWidth = 0;

  const diagram = element("div", { class: "diagram" });
  const nothing = element("div", { class: "nothing" });
  const reading = element("p", { class: "reading", "aria-live": "polite" });
  const table = tableToggle(flowTable(null), title);
  const picture = () => {
    if (!flows) throw new Error("No anchors have been looked for yet.");
    return flowPicture(flows, title, subject);
  };
  const saving = saveFigureButtons(
    { name: `anchor-flow-${role}`, title },
    picture,
    () => flowTable(flows),
    save,
  );
  const root = element(
    "section",
    { class: `flow ${role}`, "aria-label": title },
    element("header", {}, element("h2", { class: "role" }, ROLE_TITLES[role]), saving.buttons),
    saving.problem,
    sideScroll(diagram, `${ROLE_TITLES[role]}: diagram`),
    nothing,
    reading,
    table.root,
  );

  function draw(): void {
    if (!flows || !theme) return;
    // A flow from start to end alone is not worth drawing.
    const isEmpty = flows.view.anchors.length === 0;
    root.classList.toggle("empty", isEmpty);
    nothing.replaceChildren(...(isEmpty ? nothingFound(flows) : []));
    drawnWidth = diagram.clientWidth;
    drawing = drawFlows(layOutFlows(flows.view, drawnWidth), flows, theme);
    const read = (label: string) => (reading.textContent = label);
    makeReachable(drawing, title, flows, { read, markAnchor });
    diagram.replaceChildren(drawing.svg);
    showMark(drawing, marked);
  }

  new ResizeObserver(() => {
    if (drawnWidth !== diagram.clientWidth) draw();
  }).observe(diagram);

  return {
    root,
    show: (state) => {
      flows = flowsOf(state);
      subject = subjectOf(state);
      table.update(flowTable(flows));
      draw();
    },
    draw: (current) => {
      theme = current;
      draw();
    },
    mark: (anchor) => {
      marked = anchor;
      if (drawing) showMark(drawing, marked);
    },
  };
}

/** Dims what has nothing to do with the marked anchor. */
function showMark({ links, nodes }: FlowDrawing, marked: number | null): void {
  for (const { link, part } of links) {
    const isOther = link.from !== marked && link.to !== marked;
    part.classList.toggle("dimmed", marked !== null && isOther);
  }
  for (const { node, part } of nodes) {
    if (node.kind !== "anchor") continue;
    part.classList.toggle("dimmed", marked !== null && node.anchor !== marked);
    part.setAttribute("aria-pressed", String(node.anchor === marked));
  }
}
