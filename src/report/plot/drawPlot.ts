import type { Plot } from "../../protocol/studyFigure";
import { drawBars } from "./bars";
import type { Drawing } from "./drawing";
import { picture } from "./frame";
import { markup } from "./markup";
import type { Palette } from "./palette";
import { drawPoints } from "./points";
import { isDrawable } from "./scale";

/** The least width that a plot can be read at, CSS pixels. */
const LEAST_WIDTH = 240;

/**
 * Draws a figure's data; the same data at the same width give the same drawing.
 * @param width CSS pixels; the drawing is no wider, unless that is less than can be read
 */
export function drawPlot(plot: Plot, palette: Palette, width: number): Drawing {
  const wide = Math.max(LEAST_WIDTH, Math.floor(width));
  if (!hasValues(plot)) return drawNothing(palette, wide);
  return plot.kind === "bars" ? drawBars(plot, palette, wide) : drawPoints(plot, palette, wide);
}

function hasValues(plot: Plot): boolean {
  if (plot.kind !== "bars") {
    const { x, y, series } = plot;
    return series.some(({ points }) =>
      points.some((point) => isDrawable(point.x, x) && isDrawable(point.y, y)),
    );
  }
  const { groups, series, y } = plot;
  return series.some(({ values }) =>
    values.slice(0, groups.length).some((value) => isDrawable(value?.value, y)),
  );
}

function drawNothing(palette: Palette, width: number): Drawing {
  const place = { x: 0, y: 24, fill: palette.muted };
  const words = markup("text", place, "There is no value to draw yet.");
  return picture(width, 40, palette, [words], [], []);
}
