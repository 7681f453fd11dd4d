import { plainLabel } from "../../analysis/presentation/format";
import type { Row } from "./rows";

/** What makes numbers doubtful, in words. */
export function cautionRow(caution: string): Row {
  return { label: "Caution", description: plainLabel(caution), icon: "warning" };
}
