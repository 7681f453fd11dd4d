/** Lines and the bands around them, as far as their points follow each other. */
import type { Look } from "./look";
import { type Markup, markup } from "./markup";

interface CurvePoint {
  /** CSS pixels. */
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** @param points in their order; null: the line ends there, and another one begins */
export function joined(
  points: readonly (CurvePoint | null)[],
  { color, dashes }: Look,
): readonly Markup[] {
  return stretches(points).map((stretch) =>
    markup("path", {
      d: `M${stretch.map(({ x, y }) => place(x, y)).join("L")}`,
      fill: "none",
      stroke: color,
      "stroke-width": 2,
      "stroke-linejoin": "round",
      ...(dashes !== null && { "stroke-dasharray": dashes }),
    }),
  );
}

/** Filled from the lower to the upper ends of the intervals. */
export function bands(points: readonly (CurvePoint | null)[], { color }: Look): readonly Markup[] {
  const measured = points.map((point) =>
    point === null || point.low === null || point.high === null
      ? null
      : { ...point, low: point.low, high: point.high },
  );
  return stretches(measured).map((stretch) => {
    const upper = stretch.map(({ x, high }) => place(x, high));
    const lower = stretch.toReversed().map(({ x, low }) => place(x, low));
    const d = `M${[...upper, ...lower].join("L")}Z`;
    return markup("path", { d, fill: color, "fill-opacity": 0.18 });
  });
}

/** Points in a row, two at least. */
function stretches<P extends CurvePoint>(points: readonly (P | null)[]): readonly (readonly P[])[] {
  const found: P[][] = [[]];
  for (const point of points) {
    if (point === null) found.push([]);
    else found.at(-1)?.push(point);
  }
  return found.filter(({ length }) => length > 1);
}

function place(x: number, y: number): string {
  return `${x.toFixed(2)} ${y.toFixed(2)}`;
}
