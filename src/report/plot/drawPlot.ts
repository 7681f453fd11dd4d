import type { Plot } from "../../protocol/studyFigure";
import { type Bars, drawBars } from "./bars";
import type { Drawing } from "./drawing";
import { picture } from "./frame";
import { markup } from "./markup";
import type { Palette } from "./palette";
import { drawPanels } from "./panels";
import { drawPoints, type Points } from "./points";
import { isDrawable } from "./scale";

/** The least width that a plot can be read at, CSS pixels. */
const LEAST_WIDTH = 240;

/**
 * Draws a figure's data; the same data at the same width give the same drawing.
 * @param width CSS pixels; the drawing is no wider, unless that is less than can be read
 */
export function drawPlot(plot: Plot, palette: Palette, width: number): Drawing {
  const wide = Math.max(LEAST_WIDTH, Math.floor(width));
  switch (plot.kind) {
    case "bars":
      return hasBars(plot) ? drawBars(plot, palette, wide) : drawNothing(palette, wide);
    case "panels": {
      const panels = plot.panels.filter(hasPoints);
      return panels.length > 0 ? drawPanels(panels, palette, wide) : drawNothing(palette, wide);
    }
    case "lines":
    case "points":
      return hasPoints(plot) ? drawPoints(plot, palette, wide) : drawNothing(palette, wide);
  }
}

function hasBars({ groups, series, y }: Bars): boolean {
  return series.some(({ values }) =>
    values.slice(0, groups.length).some((value) => isDrawable(value?.value, y)),
  );
}

function hasPoints({ x, y, series }: Points): boolean {
  return series.some(({ points }) =>
    points.some((point) => isDrawable(point.x, x) && isDrawable(point.y, y)),
  );
}

function drawNothing(palette: Palette, width: number): Drawing {
  const place = { x: 0, y: 24, fill: palette.muted };
  const words = markup("text", place, "There is no value to draw yet.");
  return picture(width, 40, palette, [words], [], []);
}
