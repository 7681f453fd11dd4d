/** Small plots beside each other, as many in a row as can be read. */
import type { XYPlot } from "../../protocol/studyFigure";
import type { Box, Drawing } from "./drawing";
import { picture } from "./frame";
import type { Markup } from "./markup";
import type { Palette } from "./palette";
import { drawPoints } from "./points";

/** CSS pixels. */
const LEAST_PANEL = 260;
const GAP = 24;

/** @param panels at least one */
export function drawPanels(
  panels: readonly XYPlot<"lines">[],
  palette: Palette,
  width: number,
): Drawing {
  const fitting = Math.max(1, Math.floor((width + GAP) / (LEAST_PANEL + GAP)));
  const columns = Math.min(fitting, panels.length);
  const panelWidth = Math.floor((width + GAP) / columns) - GAP;
  const drawn = panels.map((panel) => drawPoints(panel, palette, panelWidth));
  const placed: Placed[] = [];
  let top = 0;
  for (let first = 0; first < drawn.length; first += columns) {
    const row = drawn.slice(first, first + columns);
    placed.push(
      ...row.map((drawing, column) => ({ drawing, x: column * (panelWidth + GAP), y: top })),
    );
    top += Math.max(...row.map(({ height }) => height)) + GAP;
  }
  const elements = placed.map(rootAt);
  const marks = placed.flatMap(({ drawing, x, y }) =>
    drawing.marks.map((mark) => ({ ...mark, box: moved(mark.box, x, y) })),
  );
  const notes = [...new Set(drawn.flatMap((drawing) => drawing.notes))];
  return picture(width, top - GAP, palette, elements, marks, notes);
}

/** A panel with the place of its upper left corner. */
interface Placed {
  readonly drawing: Drawing;
  readonly x: number;
  readonly y: number;
}

function rootAt({ drawing: { root }, x, y }: Placed): Markup {
  return { ...root, attributes: { ...root.attributes, x: String(x), y: String(y) } };
}

function moved({ left, top, right, bottom }: Box, x: number, y: number): Box {
  return { left: left + x, top: top + y, right: right + x, bottom: bottom + y };
}
