import type { ReportData, SharpnessReport } from "../../src/protocol/report";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { axis, series } from "../charts/axis";
import type { Figure, FigureConfiguration, Places } from "../charts/figure";
import type { Table } from "../charts/table";
import type { Theme } from "../kit/theme";
import {
  formatNumber,
  formatPercent,
  NO_NUMBER,
  NOT_MEASURED,
} from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { reportsByRole } from "./roles";

type Models = ReturnType<typeof reportsByRole>;

/** C(k): how much probability the k most probable tokens hold together (paper §3, Figure 3). */
export function concentration(report: ReportData): Figure {
  const models = reportsByRole(report);
  // A curve ends with its model's vocabulary.
  const count = Math.max(
    0,
    ...models.map(({ report }) => report.sharpness?.concentration.length ?? 0),
  );
  const ks = report.concentrationKs.slice(0, count);
  return {
    name: "concentration",
    title: "Concentration",
    explanation: EXPLANATIONS.concentration,
    caption: "Probability that the k most probable tokens hold together, averaged over the text.",
    shape: "wide",
    configure: (theme) => chartOf(ks, models, theme),
    table: tableOf(ks, models),
    places: placesOf(ks, models),
  };
}

function chartOf(ks: readonly number[], models: Models, theme: Theme): FigureConfiguration {
  return {
    type: "line",
    data: {
      datasets: models.map(({ role, report }) => ({
        ...series(role, theme),
        data: (report.sharpness?.concentration ?? []).map((value, place) => ({
          x: ks[place] ?? 0,
          y: 100 * value,
          place,
        })),
        borderWidth: 2,
        pointRadius: 3,
        clip: false,
      })),
    },
    options: {
      interaction: { mode: "index", intersect: false },
      scales: {
        x: {
          ...axis("k most probable tokens", theme),
          type: "logarithmic",
          afterBuildTicks: (axis) => {
            axis.ticks = ks.map((value) => ({ value }));
          },
        },
        y: { ...axis("% of probability", theme), min: 0, max: 100 },
      },
    },
  };
}

function tableOf(ks: readonly number[], models: Models): Table {
  return {
    columns: [
      { title: "k", kind: "number" },
      ...models.map(({ role }) => ({ title: ROLE_TITLES[role], kind: "number" as const })),
    ],
    rows: () =>
      ks.map((k, index) => [
        formatNumber(k, 0),
        ...models.map(({ report }) => share(report.sharpness, index)),
      ]),
  };
}

function placesOf(ks: readonly number[], models: Models): Places {
  return {
    count: ks.length,
    describe: (place) => {
      const values = models.map(
        ({ role, report }) => `${ROLE_TITLES[role]} ${share(report.sharpness, place)}`,
      );
      return `${formatNumber(ks[place] ?? 0, 0)} most probable: ${values.join(", ")}`;
    },
    choose: null,
  };
}

function share(sharpness: SharpnessReport | null, index: number): string {
  if (sharpness === null) return NOT_MEASURED;
  const value = sharpness.concentration[index];
  return value === undefined ? NO_NUMBER : formatPercent(value, 1);
}
