/** A drawn diagram as a file. */
import { svgElement } from "../../kit/dom";
import type { Theme } from "../../kit/theme";

/** The diagram alone, with the theme's background and a title, as the text of an SVG file. */
export function toSvgText(svg: SVGSVGElement, title: string, theme: Theme): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  for (const marked of copy.querySelectorAll("[class],[tabindex],[role]")) {
    for (const name of ["class", "tabindex", "role", "aria-label", "aria-pressed"]) {
      marked.removeAttribute(name);
    }
  }
  copy.removeAttribute("class");
  copy.prepend(
    svgElement("title", {}, title),
    svgElement("rect", { width: "100%", height: "100%", fill: theme.background }),
  );
  return new XMLSerializer().serializeToString(copy);
}

/** Base64 of a PNG at twice the size. */
export async function toPng(svgText: string, width: number, height: number): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(2 * width);
  canvas.height = Math.round(2 * height);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const url = canvas.toDataURL("image/png");
  return url.slice(url.indexOf(",") + 1);
}
