/** What a Sankey diagram shows, as a table: one row per flow. */
import { type Cell, numberColumn, type Table } from "../../charts/table";
import { anchorName } from "./flowDrawing";
import type { Flows } from "./flows";

/** Shares are of all samples; a table of null has no rows. */
export function flowTable(flows: Flows | null): Table {
  return {
    columns: [
      { title: "From", kind: "text" },
      { title: "To", kind: "text" },
      numberColumn("Samples", 0),
      numberColumn("Share, %", 1),
    ],
    rows: () => (flows ? rowsOf(flows) : []),
  };
}

function rowsOf({ view, samples: all }: Flows): readonly (readonly Cell[])[] {
  const name = (anchor: number | null, otherwise: string) =>
    anchor === null ? otherwise : anchorName(anchor, view.anchors[anchor]);
  return view.flows.map(({ from, to, samples }) => [
    name(from, "start"),
    name(to, "end"),
    samples,
    (100 * samples) / all,
  ]);
}
