import type { ReportData } from "../../src/protocol/report";
import type { TextRange } from "../../src/protocol/scores";
import { type Role, ROLE_TITLES } from "../../src/protocol/roles";
import { axis, series } from "../charts/axis";
import type { Figure, FigureConfiguration, Places } from "../charts/figure";
import type { Table } from "../charts/table";
import type { Theme } from "../kit/theme";
import { formatNumber } from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { reportsByRole } from "./roles";

interface Stretches {
  readonly role: Role;
  /** Mean surprisal of the stretch from an offset on. */
  readonly bitsAt: ReadonlyMap<number, number>;
}

/** Surprisal along the text, averaged over equal stretches of it. */
export function running(report: ReportData, reveal: (range: TextRange) => void): Figure {
  const models = reportsByRole(report).map(({ role, report: { running: stretches } }) => ({
    role,
    bitsAt: new Map(stretches.map(({ offset, bits }) => [offset, bits])),
  }));
  const offsets = [...new Set(models.flatMap(({ bitsAt }) => [...bitsAt.keys()]))].sort(
    (a, b) => a - b,
  );
  return {
    name: "running-surprisal",
    title: "Along the text",
    explanation: EXPLANATIONS.surprisal,
    caption: "Mean surprisal of the text's stretches in turn.",
    hint: "Choose one to see it in the text.",
    shape: "wide",
    configure: (theme) => chartOf(offsets, models, theme),
    table: tableOf(offsets, models),
    places: placesOf(offsets, models, reveal),
  };
}

function chartOf(
  offsets: readonly number[],
  models: readonly Stretches[],
  theme: Theme,
): FigureConfiguration {
  return {
    type: "line",
    data: {
      datasets: models.map(({ role, bitsAt }) => ({
        ...series(role, theme),
        data: offsets.flatMap((x, place) => {
          const y = bitsAt.get(x);
          return y === undefined ? [] : [{ x, y, place }];
        }),
        borderWidth: 1.5,
        borderJoinStyle: "round",
        borderDash: role === "rlhf" ? [6, 2] : [],
        pointRadius: 0,
        pointHoverRadius: 5,
      })),
    },
    options: {
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: {
        x: { ...axis("characters", theme), type: "linear", max: offsets.at(-1) ?? 1 },
        y: { ...axis("bits per token", theme), min: 0 },
      },
    },
  };
}

function tableOf(offsets: readonly number[], models: readonly Stretches[]): Table {
  return {
    columns: [
      { title: "From character", kind: "number" },
      ...models.map(({ role }) => ({
        title: `${ROLE_TITLES[role]}, bits`,
        kind: "number" as const,
      })),
    ],
    rows: () =>
      offsets.map((offset) => [
        formatNumber(offset, 0),
        ...models.map((model) => bitsIn(model, offset)),
      ]),
  };
}

function placesOf(
  offsets: readonly number[],
  models: readonly Stretches[],
  reveal: (range: TextRange) => void,
): Places {
  return {
    count: offsets.length,
    describe: (place) => {
      const offset = offsets[place] ?? 0;
      const values = models.map((model) => `${ROLE_TITLES[model.role]} ${bitsIn(model, offset)}`);
      return `From character ${formatNumber(offset, 0)}: ${values.join(", ")} bits`;
    },
    choose: (place) => reveal(stretch(offsets, place)),
  };
}

function bitsIn({ bitsAt }: Stretches, offset: number): string {
  return formatNumber(bitsAt.get(offset) ?? NaN, 2);
}

/** From one offset to the next; the last stretch is as long as the one before it. */
function stretch(offsets: readonly number[], place: number): TextRange {
  const start = offsets[place] ?? 0;
  const previous = offsets[place - 1] ?? start;
  return { start, endExclusive: offsets[place + 1] ?? start + (start - previous) };
}
