/** A Sankey diagram as it is saved. */
import { formatPercent } from "../../../src/analysis/presentation/format";
import { type Picture, printForm } from "../../charts/printForm";
import { PRINT_THEME } from "../../kit/printTheme";
import { ABOVE_CHANCE, drawFlows, FLOW_READING } from "./flowDrawing";
import { layOutFlows } from "./flowLayout";
import type { Flows } from "./flows";

/** CSS pixels; many anchors need more. */
const PRINT_WIDTH = 640;

/** @param subject whose samples they are; see `PrintWords` */
export function flowPicture(flows: Flows, title: string, subject: readonly string[]): Picture {
  const layout = layOutFlows(flows.view, PRINT_WIDTH);
  const { svg, width, height } = drawFlows(layout, flows, PRINT_THEME);
  const caption = captionOf(flows);
  return printForm({ root: svg, width, height }, { title, subject, caption });
}

function captionOf({ view, byChance }: Flows): string {
  const { minLength, minShare, limit } = view.options;
  return [
    `Anchors: texts of at least ${minLength} characters that at least ${formatPercent(minShare, 0)} of the samples have at the same place, at most ${limit} of them.`,
    FLOW_READING,
    ...(byChance.includes("above")
      ? [`${ABOVE_CHANCE}: there the samples agree more than by chance.`]
      : []),
  ].join(" ");
}
