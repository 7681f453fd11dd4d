/** How series are told apart: families by colour and shape, the series of a family by shade, filling and dashes. */
import type { Family } from "../../protocol/studyFigure";
import { type Markup, markup } from "./markup";
import type { Palette } from "./palette";

export interface Look {
  readonly color: string;
  /** Behind what is let through. */
  readonly background: string;
  /** Opacity of a bar's inside. */
  readonly shade: number;
  /** `stroke-dasharray`; null: none. */
  readonly dashes: string | null;
  readonly shape: "circle" | "triangle" | "square" | "diamond";
  readonly isHollow: boolean;
}

/** The looks of series in their order. */
export function looksOf(
  series: readonly { readonly role: Family }[],
  palette: Palette,
): readonly Look[] {
  return series.map(({ role }, i) => {
    const siblings = series.filter((other) => other.role === role);
    const place = series.slice(0, i).filter((other) => other.role === role).length;
    const isQuoted = role === "quoted";
    return {
      color: palette[role],
      background: palette.background,
      shade: isQuoted ? 0.08 : 1 - (0.8 * place) / Math.max(2, siblings.length - 1),
      dashes: DASHES[isQuoted ? 1 + (place % 3) : place % DASHES.length] ?? null,
      shape: SHAPES[role],
      isHollow: isQuoted || place % 2 === 1,
    };
  });
}

/** A value's mark of about `2 * radius` pixels. */
export function marker(
  x: number,
  y: number,
  radius: number,
  look: Look,
  opacity = 1,
  ...inside: readonly Markup[]
): Markup {
  const { color, background, isHollow, shape } = look;
  const paint = {
    fill: isHollow ? background : color,
    ...(opacity < 1 && { "fill-opacity": opacity }),
    ...(isHollow && { stroke: color, "stroke-width": 1.5 }),
  };
  if (shape === "circle") return markup("circle", { cx: x, cy: y, r: radius, ...paint }, ...inside);
  const corners = CORNERS[shape].map(([across, down]) =>
    [x + across * radius, y + down * radius].map((place) => Number(place.toFixed(2))).join(","),
  );
  return markup("polygon", { points: corners.join(" "), ...paint }, ...inside);
}

const DASHES = [null, "6 3", "2 3", "9 3 2 3"] as const;

const SHAPES: Readonly<Record<Family, Look["shape"]>> = {
  base: "circle",
  rlhf: "triangle",
  other: "square",
  quoted: "diamond",
};

/** In radii from the middle; of about one area. */
const CORNERS: Readonly<
  Record<Exclude<Look["shape"], "circle">, readonly (readonly [number, number])[]>
> = {
  triangle: [
    [0, -1.25],
    [1.1, 0.8],
    [-1.1, 0.8],
  ],
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  diamond: [
    [0, -1.25],
    [1.25, 0],
    [0, 1.25],
    [-1.25, 0],
  ],
};
