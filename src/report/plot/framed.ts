import type { Drawing } from "./drawing";
import { type Markup, markup } from "./markup";
import type { Palette } from "./palette";

/** A drawing as a file of its own: with a rim of its background's colour, and words for those who can't see it. */
export function framed(
  { root, width, height }: Drawing,
  { background }: Palette,
  title: string,
  description: string,
): Markup {
  const [wide, high] = [width + 2 * RIM, height + 2 * RIM];
  const frame = { width: wide, height: high, viewBox: `${-RIM} ${-RIM} ${wide} ${high}` };
  const attributes = { ...root.attributes, ...frame, role: "img" };
  return markup(
    "svg",
    attributes,
    markup("title", {}, title),
    markup("desc", {}, description),
    markup("rect", { x: -RIM, y: -RIM, width: wide, height: high, fill: background }),
    ...root.children,
  );
}

/** CSS pixels. */
const RIM = 12;
