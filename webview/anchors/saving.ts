import type { FromAnchors } from "../../src/protocol/panels";
import type { SaveActions } from "../charts/figureView";

/** How the page's figures and diagrams are saved. */
export function saving(ask: (request: FromAnchors) => Promise<void>) {
  return {
    png: (name, data) => void ask({ type: "savePng", name, data }),
    svg: (name, text) => void ask({ type: "saveText", name, format: "svg", text }),
    csv: (name, text) => void ask({ type: "saveText", name, format: "csv", text }),
  } satisfies SaveActions & { readonly svg: (name: string, text: string) => void };
}
