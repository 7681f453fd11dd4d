import type { ReportData } from "../../src/protocol/report";
import { type Role, ROLE_TITLES } from "../../src/protocol/roles";
import { axis, series } from "../charts/axis";
import type { Figure, FigureConfiguration, Places } from "../charts/figure";
import type { Table } from "../charts/table";
import type { Theme } from "../kit/theme";
import { formatNumber, formatPercent } from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { reportsByRole } from "./roles";

interface Counts {
  readonly role: Role;
  /** Tokens in a bin. */
  readonly count: (bin: number) => number;
  /** In all bins, 1 or more. */
  readonly total: number;
}

/** How many tokens were how surprising, in bins of one bit. */
export function histogram(report: ReportData): Figure {
  const models = reportsByRole(report).map(({ role, report: { histogram: counts } }) => {
    const all = counts.reduce((sum, count) => sum + count, 0);
    return { role, count: (bin: number) => counts[bin] ?? 0, total: Math.max(1, all) };
  });
  const bins = Math.max(report.base?.histogram.length ?? 0, report.rlhf?.histogram.length ?? 0);
  const labels = Array.from({ length: bins }, (_, bin) =>
    bin === bins - 1 ? `≥ ${bin}` : `${bin}–${bin + 1}`,
  );
  return {
    name: "surprisal-histogram",
    title: "Surprisal",
    explanation: EXPLANATIONS.surprisal,
    caption: "Share of tokens by how surprising they were: left is expected, right is not.",
    shape: "normal",
    configure: (theme) => chartOf(labels, models, theme),
    table: tableOf(labels, models),
    places: placesOf(labels, models),
  };
}

function chartOf(labels: string[], models: readonly Counts[], theme: Theme): FigureConfiguration {
  return {
    type: "bar",
    data: {
      labels,
      datasets: models.map(({ role, count, total }) => ({
        ...series(role, theme),
        data: labels.map((x, place) => ({ x, y: (100 * count(place)) / total, place })),
        barPercentage: 1,
        categoryPercentage: 0.8,
      })),
    },
    options: {
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { ...axis("bits", theme), grid: { display: false } },
        y: axis("% of tokens", theme),
      },
    },
  };
}

function tableOf(labels: readonly string[], models: readonly Counts[]): Table {
  return {
    columns: [
      { title: "Bits", kind: "words" },
      ...models.flatMap(({ role }) => [
        { title: `${ROLE_TITLES[role]}, tokens`, kind: "number" as const },
        { title: `${ROLE_TITLES[role]}, share`, kind: "number" as const },
      ]),
    ],
    rows: () =>
      labels.map((label, bin) => [
        label,
        ...models.flatMap(({ count, total }) => [
          formatNumber(count(bin), 0),
          formatPercent(count(bin) / total, 1),
        ]),
      ]),
  };
}

function placesOf(labels: readonly string[], models: readonly Counts[]): Places {
  return {
    count: labels.length,
    describe: (bin) => {
      const shares = models.map(
        ({ role, count, total }) =>
          `${ROLE_TITLES[role]} ${formatPercent(count(bin) / total, 1)} of tokens`,
      );
      return `${labels[bin]} bits: ${shares.join(", ")}`;
    },
    choose: null,
  };
}
