/** Curves along the aligned position as a figure. */
import { formatNumber } from "../../../src/analysis/presentation/format";
import type { ChanceView } from "../../../src/protocol/anchorViews";
import { type Role, ROLE_TITLES } from "../../../src/protocol/roles";
import { CHANCE_NAMES } from "../../../src/report/chanceView";
import { axis, series } from "../../charts/axis";
import {
  type Figure,
  type FigureConfiguration,
  NO_PLACE,
  type PlacedPoint,
  type Places,
} from "../../charts/figure";
import { numberColumn, type Table } from "../../charts/table";
import type { Theme } from "../../kit/theme";

export interface Curve {
  readonly role: Role;
  /** The program that aligned, where there is more than one. */
  readonly by?: string | undefined;
  /** Of a chance level: what it is drawn from. */
  readonly chance?: ChanceView["kind"] | undefined;
  /** By position; null: nothing there. */
  readonly values: readonly (number | null)[];
  /** The curve's interval. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
}

/** What stands at a figure, and at its vertical axis. */
export type Words = Pick<Figure, "name" | "title" | "explanation" | "caption"> & {
  readonly unit: string;
};

export function positionFigure(words: Words, curves: readonly Curve[]): Figure {
  return {
    ...words,
    shape: "normal",
    configure: (theme) => chartOf(words.unit, curves, theme),
    table: tableOf(words.unit, curves),
    places: placesOf(words.unit, curves),
  };
}

/** Positions from the beginning to the end of the alignment. */
function countOf(curves: readonly Curve[]): number {
  return Math.max(0, ...curves.map(({ values }) => values.length));
}

/** The middle of a position, per cent of the aligned text. */
function percentAt(position: number, count: number): number {
  return (100 * (position + 0.5)) / count;
}

function valueAt({ values }: Curve, position: number): number {
  return values[position] ?? NaN;
}

function chartOf(unit: string, curves: readonly Curve[], theme: Theme): FigureConfiguration {
  const count = countOf(curves);
  const at = (place: number) => percentAt(place, count);
  return {
    type: "line",
    data: {
      datasets: [
        ...curves.map((curve) => ({
          ...series(curve.role, theme),
          ...lineOf(curve),
          label: shortName(curve),
          data: curve.values.flatMap((y, place) =>
            y === null ? [] : [{ x: at(place), y, place }],
          ),
          pointRadius: 0,
          pointHoverRadius: 5,
        })),
        ...curves.flatMap((curve) =>
          curve.band ? bandOf(curve.band, shortName(curve), theme[curve.role], at) : [],
        ),
      ],
    },
    options: {
      interaction: { mode: "nearest", axis: "x", intersect: false },
      plugins: {
        legend: { labels: { filter: ({ text }) => text !== "" } },
        tooltip: { filter: ({ raw }) => (raw as PlacedPoint).place !== NO_PLACE },
      },
      scales: {
        x: { ...axis("% of the aligned text", theme), type: "linear", min: 0, max: 100 },
        y: { ...axis(unit, theme), min: 0 },
      },
    },
  };
}

function tableOf(unit: string, curves: readonly Curve[]): Table {
  const count = countOf(curves);
  const columnsOf = (curve: Curve) => [
    numberColumn(`${nameOf(curve)}, ${unit}`, 2),
    ...(curve.band
      ? ["low", "high"].map((end) => numberColumn(`${nameOf(curve)}, ${end}`, 2))
      : []),
  ];
  const cellsOf = (curve: Curve, position: number) => [
    valueAt(curve, position),
    ...(curve.band ? [curve.band.low, curve.band.high] : []).map((bound) => bound[position] ?? NaN),
  ];
  return {
    columns: [numberColumn("Position, %", 1), ...curves.flatMap(columnsOf)],
    rows: () =>
      Array.from({ length: count }, (_, position) => [
        percentAt(position, count),
        ...curves.flatMap((curve) => cellsOf(curve, position)),
      ]),
  };
}

function placesOf(unit: string, curves: readonly Curve[]): Places {
  const count = countOf(curves);
  return {
    count,
    describe: (position) => {
      const values = curves.map(
        (curve) => `${nameOf(curve)} ${formatNumber(valueAt(curve, position), 2)}`,
      );
      return `At ${formatNumber(percentAt(position, count), 1)} %: ${values.join(", ")} ${unit}`;
    },
    choose: null,
  };
}

/** A curve's stroke; chance is a line in the legend too, where a model has its mark. */
function lineOf({ role, by, chance }: Curve) {
  if (chance !== undefined)
    return { borderWidth: 1.5, borderDash: [2, 2], pointStyle: "line" as const };
  if (by !== undefined) return { borderWidth: 2, borderDash: [8, 3, 2, 3] };
  return { borderWidth: 2, borderDash: role === "rlhf" ? [6, 2] : [] };
}

/** Two invisible lines, and the colour between them, which the legend names. */
function bandOf(
  { low, high }: NonNullable<Curve["band"]>,
  name: string,
  color: string,
  at: (position: number) => number,
) {
  return [low, high].map((bound, i) => ({
    label: i === 1 ? `${name}, 95 %` : "",
    data: bound.map((y, position) => ({ x: at(position), y, place: NO_PLACE })),
    borderWidth: 0,
    borderColor: "transparent",
    pointStyle: "rect" as const,
    pointRadius: 0,
    pointHoverRadius: 0,
    backgroundColor: `${color}33`,
    fill: i === 1 && "-1",
  }));
}

/** As the legend has it; what chance is drawn from says the caption. */
function shortName({ role, by, chance }: Curve): string {
  return chance === undefined ? nameOf({ role, by }) : `${ROLE_TITLES[role]} by chance`;
}

/** As tables have it, and what is read out. */
function nameOf({ role, by, chance }: Pick<Curve, "role" | "by" | "chance">): string {
  if (chance !== undefined) return `${ROLE_TITLES[role]}, chance: ${CHANCE_NAMES[chance]}`;
  return by === undefined ? ROLE_TITLES[role] : `${ROLE_TITLES[role]} by ${by}`;
}
