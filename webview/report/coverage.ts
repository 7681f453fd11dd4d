import type { ReportData } from "../../src/protocol/report";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { axis } from "../charts/axis";
import type { Figure } from "../charts/figure";
import { formatNumber, NOT_MEASURED } from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { reportsByRole } from "./roles";

/** How many tokens a model considers possible at all: the mean number with p > 1e-8 (paper §3). */
export function coverage(report: ReportData): Figure {
  const models = reportsByRole(report);
  return {
    name: "coverage",
    title: "Coverage",
    explanation: EXPLANATIONS.coverage,
    caption:
      "How much of the vocabulary is still possible at a position (probability above 10⁻⁸), on average.",
    shape: "short",
    configure: (theme) => ({
      type: "bar",
      data: {
        labels: models.map(({ role }) => ROLE_TITLES[role]),
        datasets: [
          {
            backgroundColor: models.map(({ role }) => theme[role]),
            data: models.map(({ report }, place) => ({
              x: report.sharpness?.coveragePercent ?? NaN,
              y: place,
              place,
            })),
            maxBarThickness: 28,
          },
        ],
      },
      options: {
        indexAxis: "y",
        interaction: { mode: "y", intersect: false },
        plugins: { legend: { display: false } },
        scales: {
          x: { ...axis("% of the vocabulary", theme), min: 0, max: 100 },
          y: { grid: { display: false } },
        },
      },
    }),
    table: {
      columns: [
        { title: "Model", kind: "words" },
        { title: "Tokens", kind: "number" },
        { title: "% of the vocabulary", kind: "number" },
      ],
      rows: () =>
        models.map(({ role, report }) => [
          ROLE_TITLES[role],
          report.sharpness ? formatNumber(report.sharpness.coverage, 1) : NOT_MEASURED,
          report.sharpness ? formatNumber(report.sharpness.coveragePercent, 1) : NOT_MEASURED,
        ]),
    },
    places: {
      count: models.length,
      describe: (place) => {
        const model = models[place];
        if (!model) return "";
        const { sharpness } = model.report;
        if (sharpness === null) return `${ROLE_TITLES[model.role]}: ${NOT_MEASURED}`;
        const { coverage, coveragePercent } = sharpness;
        return `${ROLE_TITLES[model.role]}: ${formatNumber(coverage, 0)} tokens, ${formatNumber(coveragePercent, 1)} % of the vocabulary`;
      },
      choose: null,
    },
  };
}
