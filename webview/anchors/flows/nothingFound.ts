import { fewestSamples } from "../../../src/analysis/samples/anchors";
import { nearMissWords } from "../../../src/report/nearMissWords";
import { element } from "../../kit/dom";
import type { Flows } from "./flows";

/** Says in place of a diagram why there are no anchors, and what would find some. */
export function nothingFound({ view, samples }: Flows): HTMLElement[] {
  const { minLength, minShare } = view.options;
  const fewest = fewestSamples(minShare, samples);
  const advice = "A smaller minimum length or share finds shorter and rarer ones.";
  return [
    `No anchors: no ${minLength} characters stand at the same place in ${fewest} of the ${samples} samples.`,
    ...nearMissWords(view),
    advice,
  ].map((sentence) => element("p", { class: sentence === advice ? "muted" : "" }, sentence));
}
