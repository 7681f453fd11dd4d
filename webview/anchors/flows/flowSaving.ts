/** The buttons that save a Sankey diagram: as a picture, as a drawing, its numbers. */
import { toTableCsv } from "../../charts/tableCsv";
import { button } from "../../kit/components";
import { element } from "../../kit/dom";
import type { Theme } from "../../kit/theme";
import type { FlowDrawing } from "./flowDrawing";
import { toPng, toSvgText } from "./flowPicture";
import type { Flows } from "./flows";
import { flowTable } from "./flowTable";

export interface SaveFlowActions {
  /** `data` is base64 of a PNG. */
  readonly savePng: (name: string, data: string) => void;
  readonly saveSvg: (name: string, text: string) => void;
  readonly saveCsv: (name: string, text: string) => void;
}

export interface ShownFlows {
  readonly flows: Flows | null;
  readonly drawing: FlowDrawing | null;
  readonly theme: Theme | null;
}

/**
 * @param name of the files
 * @param title of the diagram
 * @param shown what is on the page when a button is pressed
 */
export function saveButtons(
  name: string,
  title: string,
  { savePng, saveSvg, saveCsv }: SaveFlowActions,
  shown: () => ShownFlows,
): HTMLElement {
  const svgText = ({ drawing, theme }: ShownFlows) =>
    drawing && theme && toSvgText(drawing.svg, title, theme);

  async function png(): Promise<void> {
    const { drawing } = shown();
    const text = svgText(shown());
    if (drawing && text) savePng(name, await toPng(text, drawing.width, drawing.height));
  }

  function svg(): void {
    const text = svgText(shown());
    if (text) saveSvg(name, text);
  }

  return element(
    "div",
    { class: "actions" },
    button("Save PNG", () => void png(), "quiet"),
    button("Save SVG", svg, "quiet"),
    button("Save CSV", () => saveCsv(name, toTableCsv(flowTable(shown().flows))), "quiet"),
  );
}
