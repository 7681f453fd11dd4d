/** One try: the text that leads to it, and both models' continuations side by side. */
import { formatNumber, visibleText } from "../../src/analysis/presentation/format";
import { childrenOf, pathText, pathTo, tryOf } from "../../src/analysis/continuations/tree";
import type {
  ContinuationNode,
  ContinuationsView,
  PlaceNode,
  TryNode,
} from "../../src/protocol/continuationPanel";
import { type Role, ROLE_NAMES, ROLE_TITLES, ROLES } from "../../src/protocol/roles";
import { button } from "../kit/components";
import { element } from "../kit/dom";
import type { Ask } from "./ask";
import { type Card, card } from "./card";

export interface TryView {
  readonly root: HTMLElement;
  readonly show: (view: ContinuationsView) => void;
}

export function tryView(ask: Ask): TryView {
  let place: PlaceNode | null = null;
  const head = element("p", { class: "way muted" });
  const show = button(
    "Show in the Text",
    () => {
      if (place) ask({ type: "reveal", id: place.id });
    },
    "quiet",
  );
  const before = element("span", { class: "muted" });
  const path = element("b");
  const region = {
    class: "path text",
    role: "region",
    "aria-label": "Text up to here",
    tabindex: "0",
  };
  const text = element("div", region, before, path);
  const cut = element("p", { class: "muted cut" });
  const columns = ROLES.map((role) => column(role, ask));
  const root = element(
    "section",
    { class: "try", "aria-label": "Continuations" },
    element("div", { class: "place-line" }, head, show),
    ...[text, cut],
    element("div", { class: "columns" }, ...columns.map((one) => one.root)),
  );
  return {
    root,
    show: (view) => {
      const { nodes, selected } = view;
      const shown = tryOf(nodes, selected);
      const [first] = pathTo(nodes, selected);
      place = first?.kind === "place" ? first : null;
      root.hidden = shown === null || place === null;
      if (shown === null || place === null) return;
      head.textContent = wayText(shown);
      before.textContent = textBefore(place);
      path.textContent = pathText(nodes, shown.id);
      text.scrollTop = text.scrollHeight;
      cut.textContent = cutText(shown);
      for (const one of columns) one.show(view, shown);
    },
  };
}

/** From a word on, where the text begins earlier. */
function textBefore({ before, start }: PlaceNode): string {
  if (start === before.length) return before;
  const blank = before.search(/\s/u);
  return `… ${before.slice(blank + 1).trimStart()}`;
}

/** `Embedded pair, up to 40 tokens, temperature 1, nucleus 0.7 (base) and 0.9 (RLHF), seed 1` */
function wayText({ pair, seed, drawing }: TryNode): string {
  const { maxTokens, temperature, topPBase, topPRlhf } = drawing;
  const nucleus = topPBase === topPRlhf ? topPBase : `${topPBase} (base) and ${topPRlhf} (RLHF)`;
  const name = visibleText(pair);
  return `${name}: up to ${maxTokens} tokens, temperature ${temperature}, nucleus ${nucleus}, seed ${seed}`;
}

/** Which models have not read all of the text. */
function cutText({ cut }: TryNode): string {
  const parts = ROLES.flatMap((role) => {
    const tokens = cut[role];
    return tokens === undefined
      ? []
      : [`${ROLE_NAMES[role]} has read the last ${formatNumber(tokens, 0)} tokens before it`];
  });
  return parts.length === 0 ? "" : `The text is longer than a window: ${parts.join(", ")}.`;
}

interface Column {
  readonly root: HTMLElement;
  readonly show: (view: ContinuationsView, shown: TryNode) => void;
}

/** One model's continuations. Cards stay as they are when others come, so that they keep the focus. */
function column(role: Role, ask: Ask): Column {
  const title = ROLE_TITLES[role];
  const none = element("p", { class: "muted" });
  const list = element("ol", { "aria-label": `Continuations of ${title}` });
  const root = element(
    "section",
    { class: `column ${role}`, "aria-label": title },
    element("h2", {}, title),
    none,
    list,
  );
  let cards = new Map<number, Card>();
  return {
    root,
    show: ({ nodes, selected, drawing, only }, shown) => {
      const drawn = childrenOf(nodes, shown.id).filter(
        (node): node is ContinuationNode => node.kind === "continuation" && node.role === role,
      );
      drawn.sort((a, b) => a.sample - b.sample);
      const before = cards;
      cards = new Map(
        drawn.map((node) => [node.id, before.get(node.id) ?? card(node, shown.first, ask)]),
      );
      arrange(
        list,
        [...cards.values()].map((one) => one.root),
      );
      for (const [id, one] of cards) one.show(id === selected);
      root.hidden = drawn.length === 0 && only !== null && only !== role;
      none.hidden = drawn.length > 0;
      none.textContent = drawing === shown.id ? "Drawing …" : "None yet.";
    },
  };
}

/** Has an element hold exactly these children; those that it has are not moved. */
function arrange(parent: HTMLElement, children: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, i) => {
    const there = parent.children[i] ?? null;
    if (there !== child) parent.insertBefore(child, there);
  });
}
