import type { ReportData } from "../../src/protocol/report";
import type { TextRange } from "../../src/protocol/scores";
import { axis } from "../charts/axis";
import { type Figure, NO_PLACE, type PlacedPoint } from "../charts/figure";
import { formatNumber, formatSigned, visibleText } from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";

/** Every segment's bits under both models: above the diagonal the RLHF model is the more surprised one. */
export function scatter(report: ReportData, reveal: (range: TextRange) => void): Figure {
  const points = report.scatter.map(({ base, rlhf }, place) => ({ x: base, y: rlhf, place }));
  const end = Math.ceil(Math.max(1, ...points.flatMap(({ x, y }) => [x, y])));
  const describe = (place: number) => {
    const segment = report.scatter[place];
    if (!segment) return "";
    return `“${visibleText(segment.text)}”: base ${formatNumber(segment.base, 2)} bits, RLHF ${formatNumber(segment.rlhf, 2)} bits`;
  };

  return {
    name: "base-against-rlhf",
    title: "Base against RLHF",
    explanation: EXPLANATIONS.difference,
    caption: "Bits of every segment under both models. Choose a point to see it in the text.",
    shape: "tall",
    configure: (theme) => {
      const half = (label: string, color: string, data: readonly PlacedPoint[]) => ({
        label,
        data: [...data],
        borderColor: color,
        backgroundColor: translucent(color),
        pointRadius: 3,
        pointHoverRadius: 6,
        pointHoverBackgroundColor: color,
        pointHitRadius: 4,
        pointHoverBorderWidth: 2,
      });
      return {
        type: "scatter",
        data: {
          datasets: [
            {
              ...half("Base expected it more", theme.base, points.filter(isAbove)),
              pointStyle: "circle",
            },
            {
              ...half(
                "RLHF expected it more",
                theme.rlhf,
                points.filter((point) => !isAbove(point)),
              ),
              pointStyle: "triangle",
            },
            diagonal(end, theme.muted),
          ],
        },
        options: {
          interaction: { mode: "nearest", intersect: true },
          plugins: {
            legend: { labels: { filter: ({ text }) => text !== DIAGONAL } },
            tooltip: {
              callbacks: { label: ({ raw }) => describe((raw as PlacedPoint).place) },
            },
          },
          scales: {
            x: { ...axis("base, bits", theme), min: 0, max: end },
            y: { ...axis("RLHF, bits", theme), min: 0, max: end },
          },
        },
      };
    },
    table: {
      columns: [
        { title: "Characters", kind: "number" },
        { title: "Text", kind: "text" },
        { title: "Base, bits", kind: "number" },
        { title: "RLHF, bits", kind: "number" },
        { title: "RLHF − base", kind: "number" },
      ],
      rows: () =>
        report.scatter.map(({ start, endExclusive, text, base, rlhf }) => [
          `${start}–${endExclusive}`,
          visibleText(text),
          formatNumber(base, 2),
          formatNumber(rlhf, 2),
          formatSigned(rlhf - base, 2),
        ]),
    },
    places: {
      count: points.length,
      describe,
      choose: (place) => {
        const segment = report.scatter[place];
        if (segment) reveal({ start: segment.start, endExclusive: segment.endExclusive });
      },
    },
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

function isAbove({ x, y }: PlacedPoint): boolean {
  return Number(y) > Number(x);
}

/** Many points lie on each other: where they do, the colour grows stronger. `color` is `#rrggbb`. */
function translucent(color: string): string {
  return `${color}73`;
}
