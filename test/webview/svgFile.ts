/** What an SVG file holds, as a browser reads it. */
import type { Page } from "playwright-core";

export interface SvgFile {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Names of all elements. */
  readonly tags: readonly string[];
  /** The words of each text, in the order of the file. */
  readonly words: readonly string[];
  /** Of insides and rims. */
  readonly colors: readonly string[];
  readonly paths: readonly { readonly data: string; readonly stroke: string | null }[];
}

/** Reads a file as strictly as XML is read: what is not well formed is an element `parsererror`. */
export function readSvg(page: Page, text: string): Promise<SvgFile> {
  return page.evaluate((file) => {
    const { documentElement } = new DOMParser().parseFromString(file, "image/svg+xml");
    const all = [documentElement, ...documentElement.querySelectorAll("*")];
    const attributes = (name: string) => all.flatMap((one) => one.getAttribute(name) ?? []);
    return {
      width: Number(documentElement.getAttribute("width")),
      height: Number(documentElement.getAttribute("height")),
      tags: all.map(({ nodeName }) => nodeName),
      words: all.flatMap((one) => (one.nodeName === "text" ? [one.textContent ?? ""] : [])),
      colors: [...attributes("fill"), ...attributes("stroke")],
      paths: all.flatMap((one) =>
        one.nodeName === "path"
          ? [{ data: one.getAttribute("d") ?? "", stroke: one.getAttribute("stroke") }]
          : [],
      ),
    };
  }, text);
}
