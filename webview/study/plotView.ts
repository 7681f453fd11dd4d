/**
 * A drawing on the page. What it shows can be pointed at, and walked with the keyboard like the other charts: arrow keys step
 * from mark to mark, Page Up and Page Down by a twentieth of all, Home and End go to the ends; Enter or a click opens.
 */
import type { Plot } from "../../src/protocol/studyFigure";
import type { Drawing, Mark } from "../../src/report/plot/drawing";
import { drawPlot } from "../../src/report/plot/drawPlot";
import { PAGE_PALETTE } from "../../src/report/plot/palette";
import { step } from "../charts/places";
import { element, svgElement } from "../kit/dom";
import { drawTree } from "./drawTree";
import { nearestMark } from "./nearestMark";

export interface PlotView {
  readonly root: HTMLElement;
  readonly show: (plot: Plot) => void;
}

/** @param open gets the target of the mark that is chosen */
export function plotView(label: string, open: (target: string) => void): PlotView {
  let plot: Plot | null = null;
  let drawing: Drawing | null = null;
  let drawnWidth = 0;
  let place = 0;
  let svg: SVGElement | null = null;

  const ring = svgElement("rect", { class: "ring", rx: "3", fill: "none" });
  const tip = element("div", { class: "tip", "aria-hidden": "true" });
  const canvas = element("div", {
    class: "drawing",
    tabindex: "0",
    role: "application",
    "aria-roledescription": "chart",
    "aria-label": label,
  });
  const notes = element("p", { class: "caption" });
  const reading = element("p", { class: "reading", "aria-live": "polite" });
  const frame = element("div", { class: "plot-frame" }, canvas, tip);
  const root = element("div", {}, frame, notes, reading);

  const draw = (width: number) => {
    if (!plot || width === 0) return;
    drawnWidth = width;
    drawing = drawPlot(plot, PAGE_PALETTE, width);
    svg = drawTree(drawing.root);
    svg.setAttribute("aria-hidden", "true");
    canvas.replaceChildren(svg);
    notes.textContent = drawing.notes.join(" ");
    hide();
  };
  const mark = (): Mark | undefined => drawing?.marks[place];
  const point = (next: number) => {
    const count = drawing?.marks.length ?? 0;
    place = Math.min(Math.max(next, 0), count - 1);
    const shown = mark();
    if (!shown) return;
    putAround(ring, shown);
    svg?.append(ring);
    showTip(tip, shown, canvas);
  };
  const read = () => (reading.textContent = mark()?.words.join(", ") ?? "");
  const hide = () => {
    ring.remove();
    tip.classList.remove("shown");
    reading.textContent = "";
  };
  const choose = () => {
    const target = mark()?.target ?? null;
    if (target !== null) open(target);
  };
  const under = (event: MouseEvent): number | null => {
    if (!drawing || !svg) return null;
    const { left, top } = svg.getBoundingClientRect();
    return nearestMark(drawing.marks, event.clientX - left, event.clientY - top);
  };

  canvas.addEventListener("mousemove", (event) => {
    const hit = under(event);
    if (hit === null) hide();
    else point(hit);
    canvas.classList.toggle("pointing", hit !== null && mark()?.target !== null);
  });
  canvas.addEventListener("mouseleave", hide);
  canvas.addEventListener("click", (event) => {
    const hit = under(event);
    if (hit === null) return;
    point(hit);
    choose();
  });
  canvas.addEventListener("focus", () => {
    if (!canvas.matches(":focus-visible")) return;
    point(place);
    read();
  });
  canvas.addEventListener("blur", hide);
  canvas.addEventListener("scroll", hide);
  canvas.addEventListener("keydown", (event) => {
    const count = drawing?.marks.length ?? 0;
    if (count === 0) return;
    if (event.key === "Escape") return hide();
    if (event.key === "Enter" || event.key === " ") choose();
    else {
      const next = step(event.key, place, count);
      if (next === null) return;
      point(next);
      read();
    }
    event.preventDefault();
  });
  new ResizeObserver(() => {
    if (drawnWidth !== frame.clientWidth) draw(frame.clientWidth);
  }).observe(frame);

  return {
    root,
    show: (next) => {
      plot = next;
      draw(frame.clientWidth);
    },
  };
}

function putAround(ring: SVGElement, { box: { left, top, right, bottom } }: Mark): void {
  const rim = 2;
  const size = {
    x: left - rim,
    y: top - rim,
    width: right - left + 2 * rim,
    height: bottom - top + 2 * rim,
  };
  for (const [name, value] of Object.entries(size)) ring.setAttribute(name, value.toFixed(2));
}

/** Above the mark, or below it where there is no room. */
function showTip(tip: HTMLElement, { words, box, target }: Mark, canvas: HTMLElement): void {
  const lines = target === null ? words : [...words, "Click or press Enter to open it."];
  tip.replaceChildren(...lines.map((line) => element("div", {}, line)));
  tip.classList.add("shown");
  // Where it stood before must not make it narrower.
  tip.style.left = "0";
  const { clientWidth, scrollLeft } = canvas;
  const middle = (box.left + box.right) / 2 - scrollLeft - tip.offsetWidth / 2;
  const left = Math.max(0, Math.min(middle, clientWidth - tip.offsetWidth));
  const above = box.top - tip.offsetHeight - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above >= 0 ? above : box.bottom + 8}px`;
}
