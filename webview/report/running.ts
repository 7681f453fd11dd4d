import type { ReportData } from "../../src/protocol/report";
import type { TextRange } from "../../src/protocol/scores";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { axis, series } from "../charts/axis";
import type { Figure } from "../charts/figure";
import { formatNumber } from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { reportsByRole } from "./roles";

/** Surprisal along the text, averaged over equal stretches of it. */
export function running(report: ReportData, reveal: (range: TextRange) => void): Figure {
  const models = reportsByRole(report).map(({ role, report: { running: stretches } }) => ({
    role,
    bitsAt: new Map(stretches.map(({ offset, bits }) => [offset, bits])),
  }));
  const offsets = [...new Set(models.flatMap(({ bitsAt }) => [...bitsAt.keys()]))].sort(
    (a, b) => a - b,
  );
  const bits = (bitsAt: ReadonlyMap<number, number>, offset: number) =>
    formatNumber(bitsAt.get(offset) ?? NaN, 2);

  return {
    name: "running-surprisal",
    title: "Along the text",
    explanation: EXPLANATIONS.surprisal,
    caption: "Mean surprisal of the text's stretches in turn. Choose one to see it in the text.",
    shape: "wide",
    configure: (theme) => ({
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
    }),
    table: {
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
          ...models.map(({ bitsAt }) => bits(bitsAt, offset)),
        ]),
    },
    places: {
      count: offsets.length,
      describe: (place) => {
        const offset = offsets[place] ?? 0;
        const values = models.map(
          ({ role, bitsAt }) => `${ROLE_TITLES[role]} ${bits(bitsAt, offset)}`,
        );
        return `From character ${formatNumber(offset, 0)}: ${values.join(", ")} bits`;
      },
      choose: (place) => reveal(stretch(offsets, place)),
    },
  };
}

/** From one offset to the next; the last stretch is as long as the one before it. */
function stretch(offsets: readonly number[], place: number): TextRange {
  const start = offsets[place] ?? 0;
  const previous = offsets[place - 1] ?? start;
  return { start, endExclusive: offsets[place + 1] ?? start + (start - previous) };
}
