/** What was tried, as a tree that is walked with the arrow keys (WAI-ARIA's pattern of a tree view). */
import { childrenOf, nodeOf, pathTo } from "../../src/analysis/continuations/tree";
import type { ContinuationsView, ContinuationTreeNode } from "../../src/protocol/continuationPanel";
import { ROLES } from "../../src/protocol/roles";
import { element } from "../kit/dom";
import type { Ask } from "./ask";
import { nodeText } from "./nodeTexts";

export interface TreeView {
  readonly root: HTMLElement;
  readonly show: (view: ContinuationsView) => void;
}

type Nodes = readonly ContinuationTreeNode[];

export function treeView(ask: Ask): TreeView {
  const list = element("ul", { role: "tree", "aria-label": "What was tried" });
  const folds = new Folds();
  let view: ContinuationsView | null = null;
  /** The node that has the focus when the tree has it. */
  let current: number | null = null;

  const draw = () => {
    if (view === null) return;
    const { nodes, selected } = view;
    const hasFocus = list.contains(document.activeElement);
    const rows = shownRows(nodes, folds);
    if (!rows.some(({ node }) => node.id === current)) current = selected;
    const focusable = rows.find(({ node }) => node.id === current) ?? rows[0];
    const items = rows.map((row) => {
      const item = rowItem(nodes, row, folds);
      item.setAttribute("aria-selected", String(row.node.id === selected));
      item.tabIndex = row === focusable ? 0 : -1;
      item.addEventListener("click", ({ target }) => press(row.node, target));
      item.addEventListener("focus", () => (current = row.node.id));
      return item;
    });
    list.replaceChildren(...items);
    if (hasFocus && focusable) items[rows.indexOf(focusable)]!.focus();
  };
  const press = (node: ContinuationTreeNode, target: EventTarget | null) => {
    current = node.id;
    if (target instanceof Element && target.closest(".twist")) folds.turn(node);
    else ask({ type: "select", id: node.id });
    draw();
  };
  list.addEventListener("keydown", (event) => {
    const node = view && nodeOf(view.nodes, current);
    if (!view || !node) return;
    const step = stepOf(event.key, node, view.nodes, folds);
    if (step === null) return;
    event.preventDefault();
    if (step.type === "go") current = step.id;
    else if (step.type === "fold") folds.set(node, step.isOpen);
    else ask({ type: step.type, id: node.id });
    draw();
  });

  return {
    root: element(
      "nav",
      { class: "tree", "aria-label": "What was tried" },
      list,
      element("p", { class: "muted" }, "Arrow keys walk the tree, Delete removes."),
    ),
    show: (next) => {
      const isOther = next.selected !== view?.selected;
      if (isOther) {
        // What leads to the selected node is seen.
        for (const node of pathTo(next.nodes, next.selected).slice(0, -1)) folds.set(node, true);
        if (!list.contains(document.activeElement)) current = next.selected;
      }
      view = next;
      draw();
      if (isOther) list.querySelector('[aria-selected="true"]')?.scrollIntoView(NEAREST);
    },
  };
}

const NEAREST = { block: "nearest" } as const;

function rowItem(nodes: Nodes, { node, level }: Row, folds: Folds): HTMLElement {
  const hasChildren = childrenOf(nodes, node.id).length > 0;
  const isOpen = folds.isOpen(node);
  const text = nodeText(nodes, node);
  const item = element(
    "li",
    {
      role: "treeitem",
      class: node.kind === "continuation" ? `row ${node.role}` : "row",
      "aria-level": String(level),
      title: text,
      ...(hasChildren && { "aria-expanded": String(isOpen) }),
    },
    element("span", { class: "twist", "aria-hidden": "true" }, twist(hasChildren, isOpen)),
    element("span", { class: "label" }, text),
  );
  item.style.setProperty("--level", String(level));
  return item;
}

/** What a key does in the tree. */
type Step =
  | { readonly type: "go"; readonly id: number }
  | { readonly type: "fold"; readonly isOpen: boolean }
  | { readonly type: "select" | "remove" };

/** null: nothing. */
function stepOf(key: string, node: ContinuationTreeNode, nodes: Nodes, folds: Folds): Step | null {
  const rows = shownRows(nodes, folds).map((row) => row.node);
  const at = rows.indexOf(node);
  const isOpen = folds.isOpen(node) && childrenOf(nodes, node.id).length > 0;
  const go = (id: number | null | undefined): Step | null =>
    id === null || id === undefined ? null : { type: "go", id };
  switch (key) {
    case "ArrowDown":
      return go(rows[at + 1]?.id);
    case "ArrowUp":
      return go(rows[at - 1]?.id);
    case "Home":
      return go(rows[0]?.id);
    case "End":
      return go(rows.at(-1)?.id);
    case "ArrowRight":
      return isOpen ? go(rows[at + 1]?.id) : { type: "fold", isOpen: true };
    case "ArrowLeft":
      return isOpen ? { type: "fold", isOpen: false } : go(node.parent);
    case "Enter":
    case " ":
      return { type: "select" };
    case "Delete":
      return { type: "remove" };
    default:
      return null;
  }
}

interface Row {
  readonly node: ContinuationTreeNode;
  /** From 1. */
  readonly level: number;
}

/** In the order in which they stand, without those inside what is folded. */
function shownRows(nodes: Nodes, folds: Folds, parent: number | null = null, level = 1): Row[] {
  return inOrder(childrenOf(nodes, parent)).flatMap((node) => [
    { node, level },
    ...(folds.isOpen(node) ? shownRows(nodes, folds, node.id, level + 1) : []),
  ]);
}

/** Continuations by model and number, whichever was there first. */
function inOrder(children: Nodes): Nodes {
  return children.toSorted((a, b) =>
    a.kind === "continuation" && b.kind === "continuation"
      ? ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || a.sample - b.sample
      : a.id - b.id,
  );
}

/** What is open. A try is closed at first, as its continuations stand beside the tree. */
class Folds {
  private readonly turned = new Set<number>();

  isOpen({ id, kind }: ContinuationTreeNode): boolean {
    return this.turned.has(id) !== (kind !== "try");
  }

  set(node: ContinuationTreeNode, isOpen: boolean): void {
    if (this.isOpen(node) !== isOpen) this.turn(node);
  }

  turn({ id }: ContinuationTreeNode): void {
    if (!this.turned.delete(id)) this.turned.add(id);
  }
}

function twist(hasChildren: boolean, isOpen: boolean): string {
  if (!hasChildren) return "";
  return isOpen ? "▾" : "▸";
}
