/** Whether the models have been asked, with the way to stop them and to ask again. */
import { visibleText } from "../../src/analysis/presentation/format";
import { questionText } from "../../src/analysis/presentation/questionText";
import type { QuestionProgress } from "../../src/protocol/game";
import type { ModelsAsked } from "../../src/protocol/gamePanel";
import { button } from "../kit/components";
import { element } from "../kit/dom";
import type { Ask } from "./ask";

export interface ModelsLine {
  readonly root: HTMLElement;
  readonly show: (models: ModelsAsked) => void;
  readonly showProgress: (progress: QuestionProgress) => void;
}

/** Bar and buttons stay in their place, so that a press that begins before a message ends after it. */
export function modelsLine(ask: Ask): ModelsLine {
  const bar = element("progress", { max: "1", "aria-label": "Models" });
  const facts = element("span");
  const failure = element("span", { class: "failure", role: "alert" });
  const cancel = button("Cancel", () => ask({ type: "cancel" }), "normal");
  const again = button("Ask Again", () => ask({ type: "ask" }), "normal");
  const choose = button("Choose Pair…", () => ask({ type: "choosePair" }), "normal");
  const root = element("div", { class: "models" }, bar, facts, failure, cancel, again, choose);
  let wasAsked = false;
  return {
    root,
    show: (models) => {
      const isAsked = models.kind === "asked";
      const hasFailed = models.kind === "failed";
      for (const part of [bar, cancel]) part.hidden = !isAsked;
      for (const part of [failure, again, choose]) part.hidden = !hasFailed;
      facts.hidden = hasFailed;
      failure.textContent = hasFailed ? visibleText(models.reason) : "";
      // What a progress has said stays until there is more to say.
      if (isAsked && wasAsked) return;
      wasAsked = isAsked;
      facts.textContent = factsOf(models);
      bar.removeAttribute("value");
    },
    showProgress: (progress) => {
      facts.textContent = questionText(progress);
      if (progress.fraction === null) bar.removeAttribute("value");
      else bar.value = progress.fraction;
    },
  };
}

function factsOf({ kind }: ModelsAsked): string {
  switch (kind) {
    case "later":
      return "The models are asked as soon as you guess.";
    case "asked":
      return "Asking the models";
    case "answered":
      return "The models have guessed, too.";
    case "failed":
      return "";
  }
}
