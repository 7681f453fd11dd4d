/** All samples of one model: searched, sorted, plain or aligned, with their anchors coloured. */
import { ROLE_TITLES } from "../../../src/protocol/roles";
import { element } from "../../kit/dom";
import type { RoleState } from "../state";
import { type Arrangement, arrange, nextStop, type Stop, stopsOf, type Wish } from "./arrangement";
import { sampleRow } from "./sampleRow";
import { sampleTools } from "./sampleTools";
import { commonShade } from "./shade";
import { type VirtualList, virtualList } from "./virtualList";

export interface SamplesView {
  readonly root: HTMLElement;
  /** The row of tools above the list. */
  readonly tools: HTMLElement;
  /** Samples, alignment or anchors of the model have changed, or another model is shown. */
  readonly show: (state: RoleState) => void;
  readonly mark: (anchor: number | null) => void;
  /** Lays the samples one below the other, what they share in one column, and brings them into view. */
  readonly align: () => void;
}

export function samplesView(openSample: (state: RoleState, sample: number) => void): SamplesView {
  let state: RoleState | null = null;
  let wish: Wish = { look: "plain", order: "drawn", wanted: "" };
  let arranged: Arrangement | null = null;
  let marked: number | null = null;
  let stop: Stop | null = null;

  const list = virtualList({ fill, open, label: "Samples" });
  const tools = sampleTools(wish, {
    change: (part) => {
      wish = { ...wish, ...part };
      startAnew();
    },
    jump: (direction) => {
      const next = arranged && nextStop(stopsOf(arranged, marked), stop, direction);
      if (!next) return;
      stop = next;
      goTo(list, next);
    },
  });
  const root = element("div", { class: "samples" }, tools.root, list.root);

  function startAnew(): void {
    stop = null;
    list.rewind();
    show();
  }

  function show(): void {
    if (!state) return;
    arranged = arrange(state, wish);
    tools.count(arranged.shown.length, state.samples.length);
    tools.offerJumps(stopsOf(arranged).length > 0);
    prepare(list.root, arranged);
    list.show(arranged.shown.length);
  }

  function fill(row: number, target: HTMLElement): void {
    const sample = arranged?.shown[row];
    if (!arranged || sample === undefined) return;
    target.append(...sampleRow(arranged, sample, marked, () => open(row)));
  }

  function open(row: number): void {
    const sample = arranged?.shown[row];
    if (arranged && sample !== undefined) openSample(arranged.state, sample);
  }

  return {
    root,
    tools: tools.root,
    show: (next) => {
      const isOther = state?.role !== next.role;
      state = next;
      if (isOther) startAnew();
      else show();
    },
    mark: (anchor) => {
      marked = anchor;
      list.refresh();
    },
    align: () => {
      tools.align();
      root.scrollIntoView({ block: "start" });
    },
  };
}

/** Name and columns of the list; behind aligned samples the stripes of what they share. */
function prepare(list: HTMLElement, { state, alignment }: Arrangement): void {
  list.setAttribute("aria-label", `${ROLE_TITLES[state.role]} samples`);
  list.classList.toggle("aligned", alignment !== null);
  list.style.setProperty("--columns", String(state.alignment?.columns ?? 0));
  list.style.setProperty("--shade", alignment ? commonShade(alignment.common) : "none");
}

/** Brings an anchor into view, and marks it as the current one. */
function goTo(list: VirtualList, { row, start }: Stop): void {
  for (const mark of list.root.querySelectorAll("mark.current")) mark.classList.remove("current");
  const target = list.goTo(row)?.querySelector(`mark[data-start="${start}"]`);
  target?.classList.add("current");
  target?.scrollIntoView({ block: "nearest", inline: "center" });
}
