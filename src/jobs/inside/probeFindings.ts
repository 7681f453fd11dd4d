import { bestOf, excessSums } from "../../analysis/probes/excess";
import { documentInterval } from "../../analysis/statistics/bootstrap";
import { PROBE_CONTROLS } from "../../formats/study/probes";
import type { ProbeFinding } from "../../protocol/probes";
import type { ProbesFound } from "./measureProbes";

/** Units that report, for an interval over them (docs/definitions.md, "Figures"). */
const FEWEST_UNITS = 5;

/** How often the ridge is right, beside the control that does best in the part that chooses; by distance, rising. */
export function probeFindings({ text, rows }: ProbesFound): ProbeFinding[] {
  const { positions } = text.report;
  const share = (hits: readonly number[]) => total(hits) / total(positions);
  return rows
    .filter(({ method, layer }) => method === "ridge" && layer === text.layer)
    .sort((a, b) => a.ahead - b.ahead)
    .map(({ ahead, report: { text: hits } }) => {
      const controls = PROBE_CONTROLS.flatMap((name) =>
        rows
          .filter((row) => row.method === name && row.ahead === ahead)
          .map(({ choose, report }) => ({ name, choose, hits: report.text })),
      );
      const control = bestOf(controls, ({ choose }) => choose.text)!;
      const sums = excessSums(hits, control.hits, positions);
      const interval = positions.length < FEWEST_UNITS ? null : documentInterval(sums);
      return {
        ahead,
        share: share(hits),
        control: share(control.hits),
        controlName: control.name,
        excess: interval && { low: interval.low, high: interval.high },
      };
    });
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
