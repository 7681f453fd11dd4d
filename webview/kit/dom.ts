/**
 * Builds elements. Strings become text nodes and nothing else, so text of models and files can never become markup.
 */

export type Attributes = Readonly<Record<string, string>>;
export type Child = Node | string;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes?: Attributes,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag];
export function element(
  tag: string,
  attributes?: Attributes,
  ...children: readonly Child[]
): HTMLElement;
export function element(
  tag: string,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElement {
  return fill(document.createElement(tag), attributes, children);
}

export function svgElement<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** A drawing of that size (CSS pixels), which a file may hold as it is. */
export function svgPicture(
  width: number,
  height: number,
  attributes: Attributes,
  ...children: readonly Child[]
): SVGSVGElement {
  const size = { width: String(width), height: String(height) };
  const root = { xmlns: "http://www.w3.org/2000/svg", ...size, viewBox: `0 0 ${width} ${height}` };
  return svgElement("svg", { ...root, ...attributes }, ...children);
}

/** Adds style sheets to the page in the one way that a strict content security policy leaves open. */
export function adoptStyles(...sheets: readonly string[]): void {
  const made = sheets.map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, ...made];
}

function fill<E extends Element>(target: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) target.setAttribute(name, value);
  target.append(...children);
  return target;
}
