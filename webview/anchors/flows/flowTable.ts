/** What a Sankey diagram shows, as a table: one row per flow. */
import type { AnchorsView } from "../../../src/protocol/anchorViews";
import { numberColumn, type Table } from "../../charts/table";
import { anchorName } from "./flowDrawing";

/** @param samples how many there are; shares are of these */
export function flowTable(view: AnchorsView | null, samples: number): Table {
  const name = (anchor: number | null, otherwise: string) =>
    anchor === null ? otherwise : anchorName(anchor, view?.anchors[anchor]);
  return {
    columns: [
      { title: "From", kind: "text" },
      { title: "To", kind: "text" },
      numberColumn("Samples", 0),
      numberColumn("Share, %", 1),
    ],
    rows: () =>
      (view?.flows ?? []).map(({ from, to, samples: through }) => [
        name(from, "start"),
        name(to, "end"),
        through,
        (100 * through) / samples,
      ]),
  };
}
