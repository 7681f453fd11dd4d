/**
 * Bars by group, a bar for each series, with the whiskers of their intervals. Groups that find no room beside each other go on in
 * another row with the same axis.
 */
import type { Axis, Interval, Level, Plot } from "../../protocol/studyFigure";
import { visibleText } from "../../analysis/presentation/format";
import { barLabels, labelOverhang, type LabelledGroup } from "./barLabels";
import type { Box, Drawing, Mark, Part } from "./drawing";
import { axisName, picture, upAt, valueLines, valuesWidth } from "./frame";
import { barSample, legend, lineSample } from "./legend";
import { type Look, looksOf } from "./look";
import { type Markup, markup } from "./markup";
import type { Palette } from "./palette";
import { isDrawable, type Scale, scaleOf } from "./scale";
import { valueText } from "./numbers";
import { tooltip, valueWords } from "./words";

export type Bars = Extract<Plot, { readonly kind: "bars" }>;

/** A group with its bars, `[series]`. */
interface Group extends LabelledGroup {
  readonly values: readonly (Interval | null)[];
  readonly levels: readonly (Level | null)[];
}

/** CSS pixels. */
const ROW_HEIGHT = 220;
const ROW_GAP = 20;
const LEAST_BAR = 6;
const LEAST_GROUP = 32;
const WIDEST_BAR = 34;

export function drawBars(plot: Bars, palette: Palette, width: number): Drawing {
  const groups = byCategory(plot);
  const scale = scaleOf(plot.y, extremes(plot), 5);
  const looks = looksOf(plot.series, palette);
  const named = plot.series.map(({ name, role }, i) => ({
    name,
    sample: barSample(looks[i]!, role === "quoted"),
  }));
  const level =
    plot.level === undefined ? [] : [{ name: plot.level, sample: lineSample(palette.foreground) }];
  const top = legend([...named, ...level], width, palette);
  const { left, perRow, slot } = division(
    groups,
    plot,
    Math.ceil(valuesWidth(scale, palette)),
    width,
    palette,
  );
  const elements: Markup[] = [...top.elements];
  const marks: Mark[] = [];
  let y = top.height;
  for (let first = 0; first === 0 || first < groups.length; first += perRow) {
    const row = groups.slice(first, first + perRow);
    const name = axisName(plot.y, y + palette.fontSize, width, palette);
    const areaTop = y + 2 * palette.fontSize;
    const area = { left, top: areaTop, right: width - 2, bottom: areaTop + ROW_HEIGHT };
    const bars = drawRow(row, plot, area, scale, looks, slot, palette);
    const labels = barLabels(row, area, slot, palette);
    elements.push(name, ...bars.elements, ...labels.elements);
    marks.push(...bars.marks);
    y = area.bottom + labels.height + ROW_GAP;
  }
  return picture(width, y - ROW_GAP + 4, palette, elements, marks, []);
}

function drawRow(
  row: readonly Group[],
  plot: Bars,
  area: Box,
  scale: Scale,
  looks: readonly Look[],
  slot: number,
  palette: Palette,
): Part {
  const thick = Math.min(WIDEST_BAR, (0.8 * slot) / Math.max(1, plot.series.length));
  const elements: Markup[] = [...valueLines(area, scale, palette)];
  const marks: Mark[] = [];
  row.forEach((group, place) => {
    const start = area.left + (place + 0.5) * slot - (thick * plot.series.length) / 2;
    plot.series.forEach(({ name }, i) => {
      const value = group.values[i];
      if (!value || !isDrawable(value.value, plot.y)) return;
      const place = { left: start + i * thick, right: start + (i + 1) * thick };
      const level = drawableLevel(group.levels[i], plot.y);
      const words = [
        visibleText(group.label),
        visibleText(name),
        valueWords(plot.y, value.value, value),
        ...(level ? [levelWords(level, plot.y)] : []),
      ];
      const bar = drawBar(value, level, plot.y, place, area, scale, looks[i]!, palette, words);
      elements.push(...bar.elements);
      marks.push(...bar.marks);
    });
  });
  return { elements: [...elements, zeroLine(area, scale, palette)], marks };
}

function drawBar(
  value: Interval,
  level: Level | null,
  axis: Axis,
  { left, right }: Pick<Box, "left" | "right">,
  area: Box,
  scale: Scale,
  look: Look,
  palette: Palette,
  words: readonly string[],
): Part {
  const inset = Math.min(1, (right - left) / 8);
  const [foot, end] = [footOf(scale), value.value].map((one) => upAt(area, scale, one)) as [
    number,
    number,
  ];
  const box = { left: left + inset, right: right - inset, ...heightOf(foot, end) };
  const whisker = drawWhisker(value, axis, box, area, scale, palette);
  const size = { x: box.left, y: box.top, width: box.right - box.left };
  const shape = { ...size, height: box.bottom - box.top };
  const rim = look.dashes === null || look.shade > 0.1 ? {} : { "stroke-dasharray": look.dashes };
  const bar = markup(
    "g",
    {},
    tooltip(words),
    ...(look.shade < 1 ? [markup("rect", { ...shape, fill: look.background })] : []),
    markup("rect", {
      ...shape,
      fill: look.color,
      "fill-opacity": look.shade,
      stroke: look.color,
      ...rim,
    }),
    ...whisker.elements,
    ...(level ? levelLine(upAt(area, scale, level.value), { left, right }, palette) : []),
  );
  return { elements: [bar], marks: [{ words, box: around(box, whisker.box), target: null }] };
}

function drawableLevel(level: Level | null | undefined, axis: Axis): Level | null {
  return level && isDrawable(level.value, axis) ? level : null;
}

function levelWords({ value, label }: Level, { format }: Axis): string {
  return `${visibleText(label)}: ${valueText(value, format)}`;
}

/** Readable on the bar and beside it; dashed, as whiskers are not and the legend's sample is. */
function levelLine(
  y: number,
  { left, right }: Pick<Box, "left" | "right">,
  { foreground, background }: Palette,
): Markup[] {
  const ends = { x1: left, x2: right, y1: y, y2: y };
  const dashes = { "stroke-width": 2, "stroke-dasharray": "4 2" };
  return [
    markup("line", { ...ends, stroke: background, "stroke-width": 4, "stroke-opacity": 0.8 }),
    markup("line", { ...ends, stroke: foreground, ...dashes }),
  ];
}

/** A line from end to end of the interval, readable on the bar and beside it. */
function drawWhisker(
  { low, high }: Interval,
  axis: Axis,
  bar: Box,
  area: Box,
  scale: Scale,
  { foreground, background }: Palette,
): { readonly elements: readonly Markup[]; readonly box: Box } {
  if (!isDrawable(low, axis) || !isDrawable(high, axis)) return { elements: [], box: bar };
  const [lower, upper] = [upAt(area, scale, low), upAt(area, scale, high)];
  const x = (bar.left + bar.right) / 2;
  const reach = Math.min(4, (bar.right - bar.left) / 3);
  const [at, from, to, bottom, top] = [x, x - reach, x + reach, lower, upper].map((one) =>
    one.toFixed(2),
  );
  const path = { d: `M${from} ${bottom}H${to}M${at} ${bottom}V${top}M${from} ${top}H${to}` };
  return {
    elements: [
      markup("path", {
        ...path,
        fill: "none",
        stroke: background,
        "stroke-width": 3.5,
        "stroke-opacity": 0.8,
      }),
      markup("path", { ...path, fill: "none", stroke: foreground, "stroke-width": 1.2 }),
    ],
    box: { left: x - reach, right: x + reach, ...heightOf(lower, upper) },
  };
}

function zeroLine(area: Box, scale: Scale, { muted }: Palette): Markup {
  const y = upAt(area, scale, footOf(scale));
  return markup("line", { x1: area.left, x2: area.right, y1: y, y2: y, stroke: muted });
}

/** Where bars begin: at zero, or on a logarithmic axis at its lower end. */
function footOf({ low, high }: Scale): number {
  return Math.min(Math.max(0, low), high);
}

function heightOf(one: number, other: number): Pick<Box, "top" | "bottom"> {
  return { top: Math.min(one, other), bottom: Math.max(one, other) };
}

function around(one: Box, other: Box): Box {
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

/** Groups of a category beside each other, categories in the order in which they come. */
function byCategory({ groups, series }: Bars): readonly Group[] {
  const named = groups.map(({ label, category }, i) => {
    const values = series.map(({ values }) => values[i] ?? null);
    const levels = series.map(({ levels }) => levels?.[i] ?? null);
    return { label, category, values, levels };
  });
  const categories = [...new Set(groups.map(({ category }) => category))];
  return categories.flatMap((name) => named.filter(({ category }) => category === name));
}

interface Division {
  /** Where the plotting area begins. */
  readonly left: number;
  readonly perRow: number;
  /** Width of a group. */
  readonly slot: number;
}

/** @param least what the axis needs at the left; the names of groups may need more */
function division(
  groups: readonly Group[],
  { series }: Bars,
  least: number,
  width: number,
  palette: Palette,
): Division {
  const divide = (left: number): Division => {
    const room = width - left - 2;
    const perRow = groupsPerRow(groups.length, series.length, room);
    return { left, perRow, slot: room / perRow };
  };
  const { slot } = divide(least);
  const overhang = Math.min(labelOverhang(groups, slot, palette), least + 40, width / 4);
  return divide(Math.max(least, Math.ceil(overhang)));
}

function groupsPerRow(groups: number, series: number, room: number): number {
  const least = Math.max(LEAST_GROUP, (LEAST_BAR * series) / 0.8);
  const most = Math.max(1, Math.floor(room / least));
  const rows = Math.ceil(groups / most);
  return Math.max(1, Math.ceil(groups / Math.max(1, rows)));
}

/** What the axis has to cover: values, intervals, and zero where it has one. */
function extremes({ groups, series, y }: Bars): readonly number[] {
  const all = series.flatMap(({ values, levels = [] }) => [
    ...values
      .slice(0, groups.length)
      .flatMap((value) => (value ? [value.value, value.low, value.high] : [])),
    ...levels.slice(0, groups.length).map((level) => level?.value ?? null),
  ]);
  const drawable = all.filter((value) => isDrawable(value, y));
  return y.scale === "linear" && drawable.length > 0 ? [0, ...drawable] : drawable;
}
