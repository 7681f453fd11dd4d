/** How a canvas context paints at the moment, as attributes of an SVG element. */
import type { Attributes } from "../../kit/dom";
import { decimal } from "./decimal";

/** null: nothing would be seen. */
export function fillOf({ fillStyle, globalAlpha }: CanvasRenderingContext2D): Attributes | null {
  const { color, alpha } = colorOf(fillStyle, globalAlpha);
  if (alpha === 0) return null;
  return { fill: color, ...(alpha < 1 && { "fill-opacity": decimal(alpha, 3) }) };
}

/** null: nothing would be seen. */
export function strokeOf(state: CanvasRenderingContext2D): Attributes | null {
  const { strokeStyle, globalAlpha, lineWidth, lineCap, lineJoin, lineDashOffset } = state;
  const { color, alpha } = colorOf(strokeStyle, globalAlpha);
  if (alpha === 0) return null;
  const dashes = state.getLineDash().map((length) => decimal(length));
  return {
    stroke: color,
    "stroke-width": decimal(lineWidth),
    ...(alpha < 1 && { "stroke-opacity": decimal(alpha, 3) }),
    ...(lineCap !== "butt" && { "stroke-linecap": lineCap }),
    ...(lineJoin !== "miter" && { "stroke-linejoin": lineJoin }),
    ...(dashes.length > 0 && { "stroke-dasharray": dashes.join(" ") }),
    ...(lineDashOffset !== 0 && { "stroke-dashoffset": decimal(lineDashOffset) }),
  };
}

export function transformOf(state: CanvasRenderingContext2D): Attributes {
  const { a, b, c, d, e, f, isIdentity } = state.getTransform();
  if (isIdentity) return {};
  return { transform: `matrix(${[a, b, c, d, e, f].map((part) => decimal(part, 4)).join(" ")})` };
}

/** Where and how a text is written. What is wider than `maxWidth` is made narrower, as a canvas does. */
export function textOf(
  state: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  maxWidth: number,
): Attributes {
  return {
    x: decimal(x),
    y: decimal(y + baselineBelow(state)),
    ...fontOf(state.font),
    "text-anchor": ANCHORS[state.textAlign],
    ...(state.measureText(text).width > maxWidth && {
      textLength: decimal(maxWidth),
      lengthAdjust: "spacingAndGlyphs",
    }),
  };
}

/** Text runs from left to right. */
const ANCHORS: Readonly<Record<CanvasTextAlign, "start" | "middle" | "end">> = {
  start: "start",
  left: "start",
  center: "middle",
  right: "end",
  end: "end",
};

/** @param font as the browser writes it: `italic bold 14px Arial, sans-serif` */
function fontOf(font: string): Attributes {
  const parts = /^(.*?)([\d.]+)px (.+)$/u.exec(font);
  const [, words = "", size = "", family = ""] = parts ?? [];
  const weight = /bold|\d{3}/u.exec(words)?.[0];
  return {
    "font-family": family,
    "font-size": size,
    ...(weight !== undefined && { "font-weight": weight }),
    ...(words.includes("italic") && { "font-style": "italic" }),
  };
}

/** From the line that a text is placed by down to the one that its letters stand on, which every program knows. */
function baselineBelow(state: CanvasRenderingContext2D): number {
  const { textBaseline } = state;
  const placed = state.measureText("x").fontBoundingBoxAscent;
  state.textBaseline = "alphabetic";
  const standing = state.measureText("x").fontBoundingBoxAscent;
  state.textBaseline = textBaseline;
  return standing - placed;
}

/** Colour and opacity apart, as not every program knows colours that have both. */
function colorOf(style: CanvasRenderingContext2D["fillStyle"], globalAlpha: number) {
  if (typeof style !== "string") throw new Error("A picture can't have gradients or patterns.");
  // The browser writes `#rrggbb`, or `rgba(…)` where a colour lets something through.
  if (style.startsWith("#")) return { color: style, alpha: globalAlpha };
  const [red, green, blue, alpha] = Array.from(style.matchAll(/[\d.]+/gu), ([part]) => part);
  return { color: `rgb(${red}, ${green}, ${blue})`, alpha: Number(alpha) * globalAlpha };
}
