/** The part of a page above its prompts: their means. */
import { formatNumber } from "../../../src/analysis/presentation/format";
import type { PromptAverages } from "../../../src/protocol/anchorViews";
import { figureView } from "../../charts/figureView";
import type { SaveActions } from "../../charts/saveButtons";
import { element } from "../../kit/dom";
import type { Theme } from "../../kit/theme";
import { averagesSubject } from "../subject";
import { averageFigures } from "./averageFigures";

export interface AveragesPart {
  readonly root: HTMLElement;
  readonly draw: (theme: Theme) => void;
}

export function averagesPart(averages: PromptAverages, save: SaveActions): AveragesPart {
  const subject = averagesSubject(averages);
  const views = averageFigures(averages).map((figure) => figureView(figure, subject, save));
  const root = element(
    "section",
    { class: "averages", "aria-labelledby": "averages-title" },
    element("h1", { id: "averages-title" }, `All ${formatNumber(averages.prompts, 0)} prompts`),
    element("p", { class: "muted" }, `Up to ${averages.samples} samples per model and prompt.`),
    element("div", { class: "figures" }, ...views.map(({ root }) => root)),
  );
  return {
    root,
    draw: (theme) => {
      for (const view of views) view.draw(theme);
    },
  };
}
