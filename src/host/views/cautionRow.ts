import { plainLabel } from "../../analysis/format";
import type { Row } from "./rows";

/** What makes numbers doubtful, in words. */
export function cautionRow(caution: string): Row {
  const text = plainLabel(caution);
  return { label: "Caution", description: text, tooltip: text, icon: "warning" };
}
