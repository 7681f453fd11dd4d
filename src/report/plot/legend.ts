/** The names of series above a plot, in as many lines as they need. */
import { visibleText } from "../../analysis/presentation/format";
import { type Look, marker } from "./look";
import { type Markup, markup } from "./markup";
import type { Palette } from "./palette";
import { fitted, textWidth } from "./textWidth";

export interface LegendEntry {
  readonly name: string;
  /** Draws the sample around a point; the room for it is {@link SAMPLE} wide. */
  readonly sample: (x: number, y: number) => readonly Markup[];
}

export interface Legend {
  readonly elements: readonly Markup[];
  /** CSS pixels; where nothing has a name, none. */
  readonly height: number;
}

const SAMPLE = 22;
const GAP = 18;
const LINE = 18;

export function legend(
  entries: readonly LegendEntry[],
  width: number,
  { foreground, fontSize }: Palette,
): Legend {
  const elements: Markup[] = [];
  let [x, y] = [0, LINE / 2];
  for (const { name, sample } of entries) {
    const text = fitted(visibleText(name), width - SAMPLE - 8, fontSize);
    const needed = SAMPLE + 6 + textWidth(text, fontSize);
    if (x > 0 && x + needed > width) [x, y] = [0, y + LINE];
    const place = { x: x + SAMPLE + 6, y: y + 0.35 * fontSize, fill: foreground };
    elements.push(...sample(x + SAMPLE / 2, y), markup("text", place, text));
    x += needed + GAP;
  }
  return { elements, height: entries.length === 0 ? 0 : y + LINE / 2 + 8 };
}

export function barSample({ color, background, shade, dashes }: Look, isQuoted: boolean) {
  return (x: number, y: number): readonly Markup[] => {
    const box = { x: x - 7, y: y - 5, width: 14, height: 10 };
    const rim = {
      stroke: color,
      ...(isQuoted && dashes !== null && { "stroke-dasharray": dashes }),
    };
    return [
      markup("rect", { ...box, fill: background }),
      markup("rect", { ...box, fill: color, "fill-opacity": shade, ...rim }),
    ];
  };
}

/** @param line whether the series' points are joined */
export function pointSample(look: Look, line: boolean) {
  return (x: number, y: number): readonly Markup[] => [
    ...(line ? curveSample(look)(x, y) : []),
    marker(x, y, 4, look),
  ];
}

export function curveSample({ color, dashes }: Look) {
  return (x: number, y: number): readonly Markup[] => [sampleLine(x, y, color, dashes, 2)];
}

export function lineSample(color: string) {
  return (x: number, y: number): readonly Markup[] => [sampleLine(x, y, color, "4 4", 1)];
}

function sampleLine(x: number, y: number, stroke: string, dashes: string | null, width: number) {
  const [x1, x2] = [x - SAMPLE / 2, x + SAMPLE / 2];
  const dashed = dashes === null ? {} : { "stroke-dasharray": dashes };
  return markup("line", { x1, x2, y1: y, y2: y, stroke, "stroke-width": width, ...dashed });
}
