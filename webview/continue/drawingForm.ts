/** How continuations are drawn, and what is being drawn. */
import { drawingText } from "../../src/analysis/presentation/drawingText";
import { visibleText } from "../../src/analysis/presentation/format";
import { CONTINUATION_TOKENS, CONTINUATIONS, TEMPERATURE, TOP_P } from "../../src/protocol/bounds";
import type { DrawingStep } from "../../src/protocol/continuation";
import type { ContinuationsView, DrawingChoice } from "../../src/protocol/continuationPanel";
import { button, numberField, type NumberField } from "../kit/components";
import { element } from "../kit/dom";
import type { Ask } from "./ask";

export interface DrawingForm {
  readonly root: HTMLElement;
  readonly show: (view: ContinuationsView) => void;
  readonly showProgress: (step: DrawingStep) => void;
}

/** Bar and buttons stay in their place, so that a press that begins before a message ends after it. */
export function drawingForm(ask: Ask): DrawingForm {
  let view: ContinuationsView | null = null;
  const fields = numberFields((change) => {
    if (view) ask({ type: "choose", choice: { ...view.choice, ...change } });
  });
  const draw = button(
    "Draw",
    () => {
      const id = view?.selected ?? null;
      if (id !== null) ask({ type: "draw", id });
    },
    "main",
  );
  const cancel = button("Cancel", () => ask({ type: "cancel" }), "normal");
  const bar = element("progress", { max: "1", "aria-label": "Drawing" });
  const step = element("span");
  const failure = element("span", { class: "failure", role: "alert" });
  let last: number | null = null;
  return {
    root: element(
      "div",
      { class: "form", role: "group", "aria-label": "How continuations are drawn" },
      ...Object.values(fields).map(({ root }) => root),
      element("div", { class: "drawing" }, draw, cancel, bar, step, failure),
    ),
    show: (now) => {
      view = now;
      const isDrawn = now.drawing !== null;
      for (const [name, field] of Object.entries(fields)) {
        field.set(now.choice[name as keyof DrawingChoice]);
      }
      for (const part of [bar, step, cancel]) part.hidden = !isDrawn;
      draw.hidden = isDrawn;
      const label = drawLabel(now);
      draw.textContent = label;
      draw.setAttribute("aria-label", label);
      failure.textContent = now.failure === null ? "" : visibleText(now.failure);
      // What a progress has said stays until there is more to say.
      if (last === now.drawing) return;
      last = now.drawing;
      step.textContent = drawingText(null);
      bar.removeAttribute("value");
    },
    showProgress: (now) => {
      step.textContent = drawingText(now);
      bar.value = now.fraction;
    },
  };
}

function drawLabel({ next, choice: { samples } }: ContinuationsView): string {
  if (next === "finish") return "Draw the Rest";
  return next === "add" ? `Draw ${samples} More` : `Draw ${samples}`;
}

function numberFields(
  change: (change: Partial<DrawingChoice>) => void,
): Readonly<Record<keyof DrawingChoice, NumberField>> {
  return {
    samples: numberField("Continuations", CONTINUATIONS, 1, (samples) => change({ samples })),
    maxTokens: numberField("Tokens", CONTINUATION_TOKENS, 1, (maxTokens) => change({ maxTokens })),
    temperature: numberField("Temperature", TEMPERATURE, 0.1, (temperature) =>
      change({ temperature }),
    ),
    topPBase: numberField("Base nucleus", TOP_P, 0.05, (topPBase) => change({ topPBase })),
    topPRlhf: numberField("RLHF nucleus", TOP_P, 0.05, (topPRlhf) => change({ topPRlhf })),
  };
}
