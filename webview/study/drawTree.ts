import type { Markup } from "../../src/report/plot/markup";
import { svgElement } from "../kit/dom";

/** A drawing as elements of the page, without the browser's own tooltips; its text stays text. */
export function drawTree({ tag, attributes, children }: Markup): SVGElement {
  const parts = children.flatMap((child): (SVGElement | string)[] => {
    if (typeof child === "string") return [child];
    return child.tag === "title" ? [] : [drawTree(child)];
  });
  return svgElement(tag as keyof SVGElementTagNameMap, attributes, ...parts);
}
