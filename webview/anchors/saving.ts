import type { FromAnchors } from "../../src/protocol/panels";
import type { SaveActions } from "../charts/saveButtons";

/**
 * How the page's figures, diagrams and tables are saved.
 * @param ask rejects with what went wrong
 */
export function saving(ask: (request: FromAnchors) => Promise<void>) {
  return {
    png: (name, data) => ask({ type: "savePng", name, data }),
    svg: (name, text) => ask({ type: "saveText", name, format: "svg", text }),
    csv: (name, text) => ask({ type: "saveText", name, format: "csv", text }),
  } satisfies SaveActions;
}
