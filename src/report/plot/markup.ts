/** Trees of elements without a browser: written as text here, built as DOM in panels. */

export interface Markup {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Markup | string)[];
}

/** @param attributes numbers are written with two decimals: a hundredth of a pixel */
export function markup(
  tag: string,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly (Markup | string)[]
): Markup {
  const written = Object.entries(attributes).map(([name, value]) => [name, attributeText(value)]);
  return { tag, attributes: Object.fromEntries(written) as Record<string, string>, children };
}

/** The text of a file; text in the tree stays text, and what no XML file can hold is replaced. */
export function markupText({ tag, attributes, children }: Markup): string {
  const written = Object.entries(attributes).map(
    ([name, value]) => ` ${name}="${escaped(value).replaceAll('"', "&quot;")}"`,
  );
  const start = `<${tag}${written.join("")}>`;
  if (EMPTY.has(tag)) return start;
  const inside = children.map((child) =>
    typeof child === "string" ? escaped(child) : markupText(child),
  );
  return `${start}${inside.join("")}</${tag}>`;
}

/** Elements of HTML that have no end. */
const EMPTY: ReadonlySet<string> = new Set(["meta"]);

function attributeText(value: string | number): string {
  return typeof value === "number" ? String(Number(value.toFixed(2))) : value;
}

function escaped(text: string): string {
  return text
    .replace(UNWRITABLE, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** Characters that XML has no way to write, and halves of pairs. */
// eslint-disable-next-line no-control-regex
const UNWRITABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/gu;
