/** What the page says of anchors and their diagrams. */
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { link } from "../kit/components";
import { element } from "../kit/dom";
import { term } from "../kit/term";
import { ABOVE_CHANCE, FLOW_READING } from "./flows/flowDrawing";

/** What "the same place" means, and where it is seen. */
export function whatAnchorsAre(showAligned: () => void): HTMLElement {
  return element(
    "p",
    { class: "muted what" },
    "Anchors are texts that many samples have at the same place: in the same column, once all samples are laid one below the other with gaps, so that what they share stands in line. ",
    link("Show the samples aligned", showAligned),
  );
}

/** How the diagrams are read. */
export function flowKey(): HTMLElement {
  return element(
    "p",
    { class: "muted flow-key" },
    `${FLOW_READING} ${ABOVE_CHANCE}: there the samples agree `,
    term("more than by chance", EXPLANATIONS.anchorChance),
    ".",
  );
}
