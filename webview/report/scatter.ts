import type { ReportData } from "../../src/protocol/report";
import type { TextRange } from "../../src/protocol/scores";
import { axis } from "../charts/axis";
import {
  type Figure,
  type FigureConfiguration,
  NO_PLACE,
  type PlacedPoint,
} from "../charts/figure";
import type { Table } from "../charts/table";
import type { Theme } from "../kit/theme";
import { formatNumber, formatSigned, visibleText } from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";

type Segment = ReportData["scatter"][number];

/** Every segment's bits under both models: above the diagonal the RLHF model is the more surprised one. */
export function scatter(
  { scatter: segments, summary }: ReportData,
  reveal: (range: TextRange) => void,
): Figure {
  return {
    name: "base-against-rlhf",
    title: "Base against RLHF",
    explanation: EXPLANATIONS.difference,
    caption: `Bits under both models of ${amount(segments.length, summary.common?.segments)}.`,
    hint: "Choose a point to see it in the text.",
    shape: "tall",
    configure: (theme) => chartOf(segments, theme),
    table: tableOf(segments),
    places: {
      count: segments.length,
      describe: (place) => describe(segments[place]),
      choose: (place) => {
        const segment = segments[place];
        if (segment) reveal({ start: segment.start, endExclusive: segment.endExclusive });
      },
    },
  };
}

function amount(shown: number, all = shown): string {
  const segments = `${formatNumber(all, 0)} segments`;
  return shown === all
    ? `all ${segments}`
    : `${formatNumber(shown, 0)} of ${segments}, evenly drawn`;
}

function describe(segment: Segment | undefined): string {
  if (!segment) return "";
  const { text, base, rlhf } = segment;
  return `“${visibleText(text)}”: base ${formatNumber(base, 2)} bits, RLHF ${formatNumber(rlhf, 2)} bits`;
}

function tableOf(segments: readonly Segment[]): Table {
  return {
    columns: [
      { title: "Characters", kind: "number" },
      { title: "Text", kind: "text" },
      { title: "Base, bits", kind: "number" },
      { title: "RLHF, bits", kind: "number" },
      { title: "RLHF − base", kind: "number" },
    ],
    rows: () =>
      segments.map(({ start, endExclusive, text, base, rlhf }) => [
        `${start}–${endExclusive}`,
        text,
        formatNumber(base, 2),
        formatNumber(rlhf, 2),
        formatSigned(rlhf - base, 2),
      ]),
  };
}

function chartOf(segments: readonly Segment[], theme: Theme): FigureConfiguration {
  const points = segments.map(({ base, rlhf }, place) => ({ x: base, y: rlhf, place }));
  const above = points.filter(({ x, y }) => y > x);
  const below = points.filter(({ x, y }) => y <= x);
  const end = Math.ceil(Math.max(1, ...points.flatMap(({ x, y }) => [x, y])));
  return {
    type: "scatter",
    data: {
      datasets: [
        { ...half("Base expected it more", theme.base, above), pointStyle: "circle" },
        { ...half("RLHF expected it more", theme.rlhf, below), pointStyle: "triangle" },
        diagonal(end, theme.muted),
      ],
    },
    options: {
      interaction: { mode: "nearest", intersect: true },
      plugins: {
        legend: { labels: { filter: ({ text }) => text !== DIAGONAL } },
        tooltip: {
          callbacks: { label: ({ raw }) => describe(segments[(raw as PlacedPoint).place]) },
        },
      },
      scales: {
        x: { ...axis("base, bits", theme), min: 0, max: end },
        y: { ...axis("RLHF, bits", theme), min: 0, max: end },
      },
    },
  };
}

/** The points on one side of the diagonal. */
function half(label: string, color: string, data: PlacedPoint[]) {
  return {
    label,
    data,
    borderColor: color,
    backgroundColor: translucent(color),
    pointRadius: 3,
    pointHoverRadius: 6,
    pointHoverBackgroundColor: color,
    pointHitRadius: 4,
    clip: false as const,
    pointHoverBorderWidth: 2,
  };
}

const DIAGONAL = "equal";

/** Equal bits; a guide without places. */
function diagonal(end: number, color: string) {
  return {
    type: "line" as const,
    label: DIAGONAL,
    data: [0, end].map((at) => ({ x: at, y: at, place: NO_PLACE })),
    borderColor: color,
    borderDash: [4, 4],
    borderWidth: 1,
    pointRadius: 0,
    pointHitRadius: 0,
    pointHoverRadius: 0,
  };
}

/** Many points lie on each other: where they do, the colour grows stronger. `color` is `#rrggbb`. */
function translucent(color: string): string {
  return `${color}73`;
}
