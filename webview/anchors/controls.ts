/** The sliders that say what an anchor is. */
import { formatPercent } from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import type { AnchorOptions } from "../../src/protocol/anchorOptions";
import { element } from "../kit/dom";
import { term } from "../kit/term";
import { choice } from "../kit/components";

/**
 * Requests go out one at a time: while one is under way, only the newest waits.
 * @param ask resolves when the request has been answered, and never fails
 */
export function controls(
  first: AnchorOptions,
  longest: number,
  ask: (options: AnchorOptions) => Promise<void>,
): HTMLElement {
  let options = first;
  let isUnderWay = false;
  let isWaiting = false;

  function request(change: Partial<AnchorOptions>): void {
    options = { ...options, ...change };
    if (isUnderWay) isWaiting = true;
    else void send();
  }

  async function send(): Promise<void> {
    isUnderWay = true;
    do {
      isWaiting = false;
      await ask(options);
    } while (isWaiting);
    isUnderWay = false;
  }

  return element(
    "div",
    { class: "controls", role: "group", "aria-label": "What counts as an anchor" },
    slider(
      term("Minimum length", EXPLANATIONS.anchorMinLength),
      { min: 5, max: longest, step: 1, value: first.minLength },
      (value) => `${value} characters`,
      (minLength) => request({ minLength }),
    ),
    slider(
      term("Minimum share", EXPLANATIONS.anchorMinShare),
      { min: 5, max: 100, step: 5, value: 100 * first.minShare },
      (value) => formatPercent(value / 100, 0),
      (value) => request({ minShare: value / 100 }),
    ),
    slider(
      term("At most", EXPLANATIONS.anchorLimit),
      { min: 1, max: 20, step: 1, value: first.limit },
      (value) => `${value} ${value === 1 ? "anchor" : "anchors"}`,
      (limit) => request({ limit }),
    ),
    choice<AnchorOptions["order"]>(
      "Prefer",
      { mass: "Long and frequent", frequency: "Frequent" },
      first.order,
      (order) => request({ order }),
      EXPLANATIONS.anchorOrder,
    ),
  );
}

interface SliderRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
}

function slider(
  label: HTMLElement,
  { min, max, step, value }: SliderRange,
  words: (value: number) => string,
  change: (value: number) => void,
): HTMLElement {
  const input = element("input", {
    type: "range",
    min: String(min),
    max: String(max),
    step: String(step),
    value: String(value),
    "aria-label": label.textContent,
    "aria-valuetext": words(value),
  });
  const output = element("output", {}, words(value));
  input.addEventListener("input", () => {
    output.textContent = words(input.valueAsNumber);
    input.setAttribute("aria-valuetext", words(input.valueAsNumber));
    change(input.valueAsNumber);
  });
  return element(
    "div",
    { class: "slider" },
    element("span", { class: "slider-head" }, label, output),
    input,
  );
}
