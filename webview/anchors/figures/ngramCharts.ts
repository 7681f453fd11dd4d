/** How n-grams are drawn: by spread, and as a share of all. */
import { formatNumber } from "../../../src/analysis/presentation/format";
import type { NgramView } from "../../../src/protocol/ngramView";
import { type Role, ROLE_TITLES } from "../../../src/protocol/roles";
import { axis, series } from "../../charts/axis";
import type { Figure } from "../../charts/figure";
import { numberColumn } from "../../charts/table";
import type { Theme } from "../../kit/theme";

type Words = Pick<Figure, "name" | "title" | "explanation" | "caption">;

const POWERS_OF_TEN = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

/** @param ofRoles how many n-grams are contained in exactly that many samples, `counts[samples]` */
export function spreadFigure(
  words: Words,
  ofRoles: readonly { readonly role: Role; readonly counts: readonly number[] }[],
): Figure {
  const most = Math.max(0, ...ofRoles.map(({ counts }) => counts.length - 1));
  return {
    ...words,
    shape: "normal",
    configure: (theme) => ({
      type: "scatter",
      data: {
        datasets: ofRoles.map(({ role, counts }) => ({
          ...series(role, theme),
          data: counts.flatMap((y, x) => (x > 0 && y > 0 ? [{ x, y, place: x - 1 }] : [])),
          pointRadius: 3.5,
          clip: false,
          pointHoverRadius: 6,
        })),
      },
      options: {
        interaction: { mode: "nearest", axis: "x", intersect: false },
        scales: {
          x: { ...axis("samples that contain it", theme), min: 0, max: most },
          y: {
            ...axis("10-grams", theme),
            type: "logarithmic",
            min: 0.7,
            afterBuildTicks: (axis) => {
              axis.ticks = POWERS_OF_TEN.filter((value) => value <= axis.max).map((value) => ({
                value,
              }));
            },
            ticks: { callback: (value) => formatNumber(Number(value), 0) },
          },
        },
      },
    }),
    table: {
      columns: [
        numberColumn("Samples", 0),
        ...ofRoles.map(({ role }) => numberColumn(`${ROLE_TITLES[role]}, 10-grams`, 0)),
      ],
      rows: () =>
        Array.from({ length: most }, (_, i) => [
          i + 1,
          ...ofRoles.map(({ counts }) => counts[i + 1] ?? 0),
        ]),
    },
    places: {
      count: most,
      describe: (place) => {
        const values = ofRoles.map(
          ({ role, counts }) => `${ROLE_TITLES[role]} ${formatNumber(counts[place + 1] ?? 0, 0)}`,
        );
        return `In exactly ${place + 1} samples: ${values.join(", ")} 10-grams`;
      },
      choose: null,
    },
  };
}

/** @param ofRoles different n-grams / all, by n from 1 on */
export function shareFigure(
  words: Words,
  unit: NgramView["unit"],
  ofRoles: readonly { readonly role: Role; readonly diversity: readonly (number | null)[] }[],
): Figure {
  const count = Math.max(0, ...ofRoles.map(({ diversity }) => diversity.length));
  const value = (diversity: readonly (number | null)[], i: number) => 100 * (diversity[i] ?? NaN);
  return {
    ...words,
    shape: "normal",
    configure: (theme) => ({
      type: "bar",
      data: {
        labels: Array.from({ length: count }, (_, i) => String(i + 1)),
        datasets: ofRoles.map(({ role, diversity }) => ({
          ...series(role, theme),
          data: diversity.flatMap((share, place) =>
            share === null ? [] : [{ x: String(place + 1), y: 100 * share, place }],
          ),
          ...BARS,
        })),
      },
      options: {
        interaction: { mode: "index", intersect: false },
        scales: {
          x: lengthAxis(unit, theme),
          y: { ...axis("% different", theme), min: 0, max: 100 },
        },
      },
    }),
    table: {
      columns: [
        numberColumn("n", 0),
        ...ofRoles.map(({ role }) => numberColumn(`${ROLE_TITLES[role]}, %`, 1)),
      ],
      rows: () =>
        Array.from({ length: count }, (_, i) => [
          i + 1,
          ...ofRoles.map(({ diversity }) => value(diversity, i)),
        ]),
    },
    places: {
      count,
      describe: (place) => {
        const values = ofRoles.map(
          ({ role, diversity }) =>
            `${ROLE_TITLES[role]} ${formatNumber(value(diversity, place), 1)} %`,
        );
        return `${place + 1}-grams: ${values.join(", ")} different`;
      },
      choose: null,
    },
  };
}

/** Two bars for each length, side by side. */
export const BARS = {
  categoryPercentage: 0.7,
  barPercentage: 0.95,
  maxBarThickness: 36,
} as const;

export function lengthAxis(unit: NgramView["unit"], theme: Theme) {
  return { ...axis(`n, ${unit}`, theme), grid: { display: false } };
}
