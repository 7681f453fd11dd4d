/** What stands around the values: grid, axes and their words. */
import type { Axis } from "../../protocol/studyFigure";
import { visibleText } from "../../analysis/presentation/format";
import type { Box, Drawing, Mark } from "./drawing";
import { type Markup, markup } from "./markup";
import type { Palette } from "./palette";
import type { Scale } from "./scale";
import { fitted, textWidth } from "./textWidth";

/** From an axis to the words beside it, CSS pixels. */
const GAP = 8;

/** Room for an axis' values at the left of a plot. */
export function valuesWidth({ ticks }: Scale, { fontSize }: Palette): number {
  return GAP + Math.max(...ticks.map(({ text }) => textWidth(text, fontSize)), 0);
}

/** Lines across the plotting area with their values at its left. */
export function valueLines(area: Box, scale: Scale, palette: Palette): Markup[] {
  return scale.ticks.flatMap(({ value, text }) => {
    const y = upAt(area, scale, value);
    return [
      markup("line", { x1: area.left, x2: area.right, y1: y, y2: y, stroke: palette.grid }),
      markup(
        "text",
        {
          x: area.left - GAP,
          y: y + 0.35 * palette.fontSize,
          "text-anchor": "end",
          fill: palette.muted,
        },
        text,
      ),
    ];
  });
}

/** Lines up the plotting area with their values below it. */
export function columnLines(area: Box, scale: Scale, palette: Palette): Markup[] {
  return scale.ticks.flatMap(({ value, text }) => {
    const x = acrossAt(area, scale, value);
    const y = area.bottom + GAP + 0.8 * palette.fontSize;
    return [
      markup("line", { x1: x, x2: x, y1: area.top, y2: area.bottom, stroke: palette.grid }),
      markup("text", { x, y, "text-anchor": "middle", fill: palette.muted }, text),
    ];
  });
}

/** What the axis at the left shows, above it. */
export function axisName(
  { label }: Axis,
  y: number,
  width: number,
  { muted, fontSize }: Palette,
): Markup {
  return markup("text", { x: 0, y, fill: muted }, fitted(visibleText(label), width, fontSize));
}

/** What the axis at the bottom shows, below the middle of it. */
export function axisNameBelow(
  { label }: Axis,
  { left, right }: Box,
  y: number,
  { muted, fontSize }: Palette,
): Markup {
  const text = fitted(visibleText(label), right - left, fontSize);
  return markup("text", { x: (left + right) / 2, y, "text-anchor": "middle", fill: muted }, text);
}

export function acrossAt({ left, right }: Box, scale: Scale, value: number): number {
  return left + scale.share(value) * (right - left);
}

export function upAt({ top, bottom }: Box, scale: Scale, value: number): number {
  return bottom - scale.share(value) * (bottom - top);
}

/** The whole picture; its words are those of the palette's font. */
export function picture(
  width: number,
  height: number,
  { fontFamily, fontSize, background }: Palette,
  elements: readonly Markup[],
  marks: readonly Mark[],
  notes: readonly string[],
): Drawing {
  const size = { width: Math.ceil(width), height: Math.ceil(height) };
  const root = markup(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      ...size,
      viewBox: `0 0 ${size.width} ${size.height}`,
      "font-family": fontFamily,
      "font-size": fontSize,
    },
    markup("rect", { ...size, fill: background }),
    ...elements,
  );
  return { root, ...size, marks, notes };
}
