/** Values in a plane: points that stand alone, or lines with the bands of their intervals. */
import type { Point, PointSeries, XYPlot } from "../../protocol/studyFigure";
import { formatNumber, visibleText } from "../../analysis/presentation/format";
import { bands, joined } from "./curves";
import type { Box, Drawing, Mark, Part } from "./drawing";
import {
  acrossAt,
  axisName,
  axisNameBelow,
  columnLines,
  picture,
  upAt,
  valueLines,
  valuesWidth,
} from "./frame";
import { curveSample, legend, lineSample, pointSample } from "./legend";
import { type Look, looksOf, marker } from "./look";
import { type Markup, markup } from "./markup";
import type { Palette } from "./palette";
import { isDrawable, type Scale, scaleOf } from "./scale";
import { MOST_POINTS, thinned } from "./thinned";
import { tooltip, valueWords } from "./words";

export type Points = XYPlot<"lines" | "points">;

/** A point with its place on the drawing, CSS pixels. */
export interface PlacedPoint {
  readonly point: Point;
  readonly x: number;
  readonly y: number;
  /** Ends of its interval; null: it has none. */
  readonly low: number | null;
  readonly high: number | null;
}

interface Axes {
  readonly area: Box;
  readonly x: Scale;
  readonly y: Scale;
}

export function drawPoints(given: Points, palette: Palette, available: number): Drawing {
  // Where the scales differ, no straight line shows where both values are equal.
  const plot = { ...given, diagonal: given.diagonal && given.x.scale === given.y.scale };
  const width = plot.diagonal ? Math.min(available, LARGEST_SQUARE + 80) : available;
  const looks = looksOf(plot.series, palette);
  const top = legend(legendEntries(plot, looks, palette), width, palette);
  const axes = axesOf(plot, palette, width, top.height + 2 * palette.fontSize);
  const { area } = axes;
  const placed = thinnedSeries(plot.series.map(({ points }) => placePoints(points, plot, axes)));
  const parts = plot.series.map((series, i) =>
    drawSeries(series, plot, placed.shown[i]!, looks[i]!),
  );
  const below = area.bottom + 3.2 * palette.fontSize;
  const elements = [
    ...top.elements,
    axisName(plot.y, top.height + palette.fontSize, width, palette),
    ...valueLines(area, axes.y, palette),
    ...columnLines(area, axes.x, palette),
    ...(plot.diagonal ? [diagonal(axes, palette)] : []),
    ...parts.flatMap(({ elements }) => elements),
    axisNameBelow(plot.x, area, below, palette),
  ];
  const marks = parts.flatMap(({ marks }) => marks);
  const height = below + 0.6 * palette.fontSize;
  return picture(width, height, palette, elements, marks, placed.notes);
}

const MOST_MARKERS = 40;

function drawSeries(
  { name, drawnAs }: PointSeries,
  plot: Points,
  points: readonly (PlacedPoint | null)[],
  look: Look,
): Part {
  const isLine = plot.kind === "lines" && drawnAs !== "marks";
  const shown = points.filter((point) => point !== null);
  const isCrowded = shown.length > (isLine ? MOST_MARKERS : 200);
  const radius = isCrowded ? 2.5 : 4;
  const marks = shown.map(({ point, x, y }): Mark => {
    const words = [
      ...(point.label === undefined ? [] : [visibleText(point.label)]),
      visibleText(name),
      valueWords(plot.x, point.x, {}),
      valueWords(plot.y, point.y, point),
    ];
    const box = { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
    return { words, box, target: point.target ?? null };
  });
  const opacity = isCrowded ? 0.55 : 1;
  // A line of many values is its own mark.
  const marked = isLine && (isCrowded || drawnAs === "line") ? [] : shown;
  const elements = marked.map(({ x, y }, i) =>
    marker(x, y, radius, look, opacity, tooltip(marks[i]!.words)),
  );
  const curve = isLine ? [...bands(points, look), ...joined(points, look)] : whiskers(shown, look);
  return { elements: [...curve, ...elements], marks };
}

/** The intervals of points that stand alone. */
function whiskers(points: readonly PlacedPoint[], { color }: Look): readonly Markup[] {
  const paths = points.flatMap(({ x, low, high }) =>
    low === null || high === null ? [] : [`M${x.toFixed(2)} ${low.toFixed(2)}V${high.toFixed(2)}`],
  );
  if (paths.length === 0) return [];
  return [markup("path", { d: paths.join(""), stroke: color, "stroke-opacity": 0.5 })];
}

/** null: a value that has no place, where a line ends. */
function placePoints(
  points: readonly Point[],
  plot: Points,
  { area, x, y }: Axes,
): readonly (PlacedPoint | null)[] {
  const height = (value: number | null | undefined) =>
    isDrawable(value, plot.y) ? upAt(area, y, value) : null;
  return points.map((point) => {
    const at = height(point.y);
    if (at === null || !isDrawable(point.x, plot.x)) return null;
    const across = acrossAt(area, x, point.x);
    return { point, x: across, y: at, low: height(point.low), high: height(point.high) };
  });
}

function thinnedSeries(series: readonly (readonly (PlacedPoint | null)[])[]): {
  readonly shown: readonly (readonly (PlacedPoint | null)[])[];
  readonly notes: readonly string[];
} {
  const counts = series.map((points) => points.filter((point) => point !== null).length);
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all <= MOST_POINTS) return { shown: series, notes: [] };
  const shown = series.map((points, i) =>
    thinned(
      points.filter((point) => point !== null),
      Math.max(1, Math.floor((MOST_POINTS * counts[i]!) / all)),
    ),
  );
  const left = shown.reduce((sum, { length }) => sum + length, 0);
  const [drawn, of] = [left, all].map((count) => formatNumber(count, 0));
  const note = `${drawn} of ${of} points are drawn; those left out lie on or close to drawn ones.`;
  return { shown, notes: [note] };
}

/** The plotting area with its scales; a square one with one scale for both axes where a plot has a diagonal. */
function axesOf(plot: Points, palette: Palette, width: number, top: number): Axes {
  const all = plot.series.flatMap(({ points }) =>
    points.filter((point) => isDrawable(point.x, plot.x) && isDrawable(point.y, plot.y)),
  );
  const across = all.map(({ x }) => x);
  const up = all.flatMap(({ y, low, high }) =>
    [y, low, high].filter((value) => isDrawable(value, plot.y)),
  );
  const both = [...across, ...up];
  const y = plot.diagonal ? scaleOf(plot.y, both, 6) : scaleOf(plot.y, up, 5);
  const left = Math.ceil(valuesWidth(y, palette));
  const room = width - left - RIGHT;
  const side = Math.min(room, LARGEST_SQUARE);
  const [wide, high] = plot.diagonal
    ? [side, side]
    : [room, Math.min(260, Math.max(180, room / 2))];
  const x = plot.diagonal
    ? scaleOf(plot.x, both, 6)
    : scaleOf(plot.x, across, Math.max(2, Math.floor(wide / 80)));
  return { area: { left, top, right: left + wide, bottom: top + high }, x, y };
}

/** CSS pixels: the last value below an axis reaches beyond it. */
const RIGHT = 22;
const LARGEST_SQUARE = 360;

function diagonal({ area, x, y }: Axes, { muted }: Palette): Markup {
  const [from, to] = [Math.max(x.low, y.low), Math.min(x.high, y.high)];
  return markup("line", {
    x1: acrossAt(area, x, from),
    y1: upAt(area, y, from),
    x2: acrossAt(area, x, to),
    y2: upAt(area, y, to),
    stroke: muted,
    "stroke-dasharray": "4 4",
  });
}

function legendEntries(
  { kind, series, diagonal }: Points,
  looks: readonly Look[],
  palette: Palette,
) {
  const named = series.map(({ name, drawnAs }, i) => {
    const look = looks[i]!;
    const isLine = kind === "lines" && drawnAs !== "marks";
    const isBare = isLine && drawnAs === "line";
    return { name, sample: isBare ? curveSample(look) : pointSample(look, isLine) };
  });
  return diagonal ? [...named, { name: "both equal", sample: lineSample(palette.muted) }] : named;
}
