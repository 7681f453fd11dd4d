/** The names under groups of bars, and the names of their categories under brackets. */
import { visibleText } from "../../analysis/presentation/format";
import type { Box } from "./drawing";
import { type Markup, markup } from "./markup";
import type { Palette } from "./palette";
import { fitted, fittedLines, linesWithin, textWidth } from "./textWidth";

export interface LabelledGroup {
  readonly label: string;
  readonly category: string;
}

export interface BarLabels {
  readonly elements: readonly Markup[];
  /** CSS pixels below the plotting area. */
  readonly height: number;
}

/** CSS pixels. */
const GAP = 8;
const LONGEST = 150;
/** Of labels that have no room to lie, degrees. */
const SLOPE = 40;
const COSINE = Math.cos((SLOPE * Math.PI) / 180);
const SINE = Math.sin((SLOPE * Math.PI) / 180);
const LINE = 1.25;

/** @param slot width of a group, CSS pixels */
export function barLabels(
  row: readonly LabelledGroup[],
  area: Box,
  slot: number,
  palette: Palette,
): BarLabels {
  const names = lyingLabels(row, area, slot, palette) ?? slopingLabels(row, area, slot, palette);
  const categories = brackets(row, area.left, area.bottom + names.height, slot, palette);
  return {
    elements: [...names.elements, ...categories.elements],
    height: names.height + categories.height,
  };
}

/** How far names reach to the left of the first group, CSS pixels; the longest of all may stand there. */
export function labelOverhang(
  groups: readonly LabelledGroup[],
  slot: number,
  { fontSize }: Palette,
): number {
  const names = groups.map(({ label }) => visibleText(label));
  if (names.every((name) => lying(name, slot, fontSize) !== null)) return 0;
  const longest = Math.max(...names.map((name) => textWidth(name, fontSize)));
  return COSINE * Math.min(LONGEST, longest) + SINE * fontSize - slot / 2;
}

/** The lines of a name that lies; null: it has no room. */
function lying(name: string, slot: number, fontSize: number): readonly string[] | null {
  return linesWithin(name, Math.min(slot - 6, LONGEST), fontSize, 2);
}

/** null: some label has no room. */
function lyingLabels(
  row: readonly LabelledGroup[],
  area: Box,
  slot: number,
  { fontSize, foreground }: Palette,
): BarLabels | null {
  const wrapped = row.map(({ label }) => lying(visibleText(label), slot, fontSize));
  if (!wrapped.every((lines) => lines !== null)) return null;
  const top = area.bottom + GAP + 0.8 * fontSize;
  const elements = wrapped.flatMap((lines, i) =>
    lines.map((line, at) =>
      markup(
        "text",
        {
          x: area.left + (i + 0.5) * slot,
          y: top + at * LINE * fontSize,
          "text-anchor": "middle",
          fill: foreground,
        },
        line,
      ),
    ),
  );
  const lines = Math.max(1, ...wrapped.map(({ length }) => length));
  return { elements, height: GAP + lines * LINE * fontSize };
}

/** They rise to the right, and end below their groups; what would begin outside of the picture is shortened. */
function slopingLabels(
  row: readonly LabelledGroup[],
  area: Box,
  slot: number,
  { fontSize, foreground }: Palette,
): BarLabels {
  const y = area.bottom + GAP + 0.6 * fontSize;
  const placed = row.map(({ label }, i) => {
    const x = area.left + (i + 0.5) * slot + 0.35 * fontSize;
    const room = Math.min(LONGEST, (x - SINE * fontSize) / COSINE);
    return { x, text: fitted(visibleText(label), room, fontSize) };
  });
  const elements = placed.map(({ x, text }) => {
    const turn = `rotate(-${SLOPE} ${x.toFixed(2)} ${y.toFixed(2)})`;
    return markup("text", { x, y, transform: turn, "text-anchor": "end", fill: foreground }, text);
  });
  const longest = Math.max(0, ...placed.map(({ text }) => textWidth(text, fontSize)));
  return { elements, height: GAP + SINE * longest + fontSize };
}

/** A bracket below each stretch of groups of one category. */
function brackets(
  row: readonly LabelledGroup[],
  left: number,
  top: number,
  slot: number,
  { fontSize, muted }: Palette,
): BarLabels {
  const stretches = stretchesOf(row).filter(({ category }) => category !== "");
  const y = top + GAP;
  let most = 0;
  const elements = stretches.flatMap(({ category, start, endExclusive }) => {
    const [from, to] = [left + start * slot + 3, left + endExclusive * slot - 3];
    const ends = [from, y, to].map((place) => place.toFixed(2));
    const lines = fittedLines(visibleText(category), to - from, fontSize, 3);
    most = Math.max(most, lines.length);
    return [
      markup("path", {
        d: `M${ends[0]} ${ends[1]}v4H${ends[2]}v-4`,
        fill: "none",
        stroke: muted,
      }),
      ...lines.map((line, at) =>
        markup(
          "text",
          {
            x: (from + to) / 2,
            y: y + 6 + (at + 0.9) * LINE * fontSize,
            "text-anchor": "middle",
            fill: muted,
          },
          line,
        ),
      ),
    ];
  });
  return { elements, height: most === 0 ? 0 : GAP + 6 + (most + 0.3) * LINE * fontSize };
}

interface Stretch {
  readonly category: string;
  /** Groups `start` to `endExclusive`. */
  readonly start: number;
  readonly endExclusive: number;
}

function stretchesOf(row: readonly LabelledGroup[]): readonly Stretch[] {
  const starts = row.flatMap(({ category }, i) =>
    i > 0 && row[i - 1]?.category === category ? [] : [i],
  );
  return starts.map((start, i) => ({
    category: row[start]?.category ?? "",
    start,
    endExclusive: starts[i + 1] ?? row.length,
  }));
}
