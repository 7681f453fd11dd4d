import { calibrationErrorOf } from "./calibration";
import { stageRows } from "./cells";
import { asPercent, type QuantitySource, scopesOf } from "./quantity";

/** Expected calibration error: of all documents of a pair, and of each corpus. */
export const CALIBRATION_QUANTITIES: QuantitySource = {
  measure: "calibration",
  units: { ece: "%" },
  labels: {},
  isPooled: true,
  of: (cells) =>
    scopesOf(cells).flatMap((scope) =>
      scope.cells[0]!.models.map(({ stage }) => ({
        name: "ece",
        labels: scope.labels(stage),
        interval: () => {
          const rows = scope.cells.flatMap(({ groups }) => stageRows(groups, stage));
          return rows.length === 0 ? null : asPercent(calibrationErrorOf(rows));
        },
      })),
    ),
};
