/** One model's Sankey diagram: reachable by keyboard, labelled for screen readers, with a table and buttons to save it. */
import type { AnchorsView } from "../../../src/protocol/anchorViews";
import { type Role, ROLE_TITLES } from "../../../src/protocol/roles";
import type { AgainstChance } from "../../../src/report/againstChance";
import { fewestSamples } from "../../../src/analysis/samples/anchors";
import { nearMissWords } from "../../../src/report/nearMissWords";
import { toTableCsv } from "../../charts/tableCsv";
import { tableToggle } from "../../charts/table";
import { element } from "../../kit/dom";
import type { Theme } from "../../kit/theme";
import { button } from "../../kit/components";
import { anchorName, describeLink, drawFlows, type FlowDrawing } from "./flowDrawing";
import { type FlowLayout, layOutFlows } from "./flowLayout";
import { toPng, toSvgText } from "./flowPicture";
import { flowTable } from "./flowTable";
import { anchorsAgainstChance, type RoleState } from "../state";

export interface FlowView {
  readonly root: HTMLElement;
  readonly show: (state: RoleState) => void;
  readonly draw: (theme: Theme) => void;
  /** Marks an anchor, or none. */
  readonly mark: (anchor: number | null) => void;
}

export interface FlowActions {
  readonly markAnchor: (anchor: number) => void;
  readonly savePng: (name: string, data: string) => void;
  readonly saveSvg: (name: string, text: string) => void;
  readonly saveCsv: (name: string, text: string) => void;
}

export function flowView(role: Role, actions: FlowActions): FlowView {
  const title = `${ROLE_TITLES[role]}: flow of samples through their anchors`;
  const name = `anchor-flow-${role}`;
  const reading = element("p", { class: "reading", "aria-live": "polite" });
  const diagram = element("div", { class: "diagram" });
  const nothing = element("div", { class: "nothing" });
  const table = tableToggle(flowTable(null, 0), title);
  const root = element(
    "section",
    { class: `flow ${role}`, "aria-label": title },
    element(
      "header",
      {},
      element("h2", { class: "role" }, ROLE_TITLES[role]),
      element(
        "div",
        { class: "actions" },
        button("Save PNG", () => void savePng(), "quiet"),
        button("Save SVG", saveSvg, "quiet"),
        button(
          "Save CSV",
          () => actions.saveCsv(name, toTableCsv(flowTable(view, samples))),
          "quiet",
        ),
      ),
    ),
    diagram,
    nothing,
    reading,
    table.root,
  );
  let view: AnchorsView | null = null;
  let samples = 0;
  /** How overlap lies to chance at each anchor. */
  let byChance: readonly (AgainstChance | null)[] = [];
  let theme: Theme | null = null;
  let drawn: { layout: FlowLayout; drawing: FlowDrawing } | null = null;
  let drawnWidth = 0;
  let marked: number | null = null;

  function draw(): void {
    if (!view || !theme) return;
    // A flow from start to end alone is not worth drawing.
    root.classList.toggle("empty", view.anchors.length === 0);
    nothing.replaceChildren(...(view.anchors.length === 0 ? nothingFound(view, samples) : []));
    const layout = layOutFlows(view, diagram.clientWidth);
    const drawing = drawFlows(layout, view.anchors, byChance, theme);
    drawn = { layout, drawing };
    drawnWidth = diagram.clientWidth;
    makeReachable(layout, drawing, view);
    diagram.replaceChildren(drawing.svg);
    showMark();
  }

  function makeReachable(layout: FlowLayout, drawing: FlowDrawing, view: AnchorsView): void {
    drawing.svg.setAttribute("role", "group");
    drawing.svg.setAttribute("aria-label", title);
    drawing.links.forEach((link, i) => {
      const flow = layout.links[i];
      if (flow) reach(link, "img", describeLink(flow, view.anchors, samples));
    });
    drawing.nodes.forEach((node, i) => {
      const { anchor, kind, samples: through } = layout.nodes[i]!;
      if (kind !== "anchor") return;
      reach(
        node,
        "button",
        `Anchor ${anchorName(anchor, view.anchors[anchor])}: ${through} of ${samples} samples${chanceWords(byChance[anchor] ?? null)}`,
      );
      node.addEventListener("click", () => actions.markAnchor(anchor));
      node.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        actions.markAnchor(anchor);
      });
    });
    takeTurns([...drawing.nodes, ...drawing.links].filter((part) => part.hasAttribute("tabindex")));
  }

  /** The label of what is pointed at or has the focus appears below the diagram. */
  function reach(part: SVGElement, role: string, label: string): void {
    part.setAttribute("tabindex", "-1");
    part.setAttribute("role", role);
    part.setAttribute("aria-label", label);
    for (const event of ["mouseenter", "focus"]) {
      part.addEventListener(event, () => (reading.textContent = label));
    }
    for (const event of ["mouseleave", "blur"]) {
      part.addEventListener(event, () => (reading.textContent = ""));
    }
  }

  function showMark(): void {
    if (!drawn) return;
    const { layout, drawing } = drawn;
    drawing.links.forEach((link, i) => {
      const { from = null, to = null } = layout.links[i] ?? {};
      link.classList.toggle("dimmed", marked !== null && from !== marked && to !== marked);
    });
    drawing.nodes.forEach((node, i) => {
      const { kind, anchor } = layout.nodes[i]!;
      node.classList.toggle("dimmed", marked !== null && kind === "anchor" && anchor !== marked);
      if (kind === "anchor") node.setAttribute("aria-pressed", String(anchor === marked));
    });
  }

  function saveSvg(): void {
    if (drawn && theme) actions.saveSvg(name, toSvgText(drawn.drawing.svg, title, theme));
  }

  async function savePng(): Promise<void> {
    if (!drawn || !theme) return;
    const { width, height } = drawn.layout;
    const text = toSvgText(drawn.drawing.svg, title, theme);
    actions.savePng(name, await toPng(text, width, height));
  }

  new ResizeObserver(() => {
    if (drawnWidth !== diagram.clientWidth) draw();
  }).observe(diagram);

  return {
    root,
    show: (state) => {
      view = state.anchors;
      samples = state.samples.length;
      byChance = anchorsAgainstChance(state);
      table.update(flowTable(view, samples));
      draw();
    },
    draw: (current) => {
      theme = current;
      draw();
    },
    mark: (anchor) => {
      marked = anchor;
      showMark();
    },
  };
}

/** Ends what is said of an anchor; empty: not measured. */
function chanceWords(byChance: AgainstChance | null): string {
  return byChance === null ? "" : `; overlap there is ${byChance} the band of chance`;
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

function nothingFound(view: AnchorsView, samples: number): HTMLElement[] {
  const { minLength, minShare } = view.options;
  const fewest = fewestSamples(minShare, samples);
  const advice = "A smaller minimum length or share finds shorter and rarer ones.";
  return [
    `No anchors: no ${minLength} characters stand at the same place in ${fewest} of the ${samples} samples.`,
    ...nearMissWords(view),
    advice,
  ].map((sentence) => element("p", { class: sentence === advice ? "muted" : "" }, sentence));
}
