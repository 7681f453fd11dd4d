/** One hidden word. Its parts are made once, so that the field keeps the focus while the models are asked. */
import { visibleText } from "../../src/analysis/presentation/format";
import type { QuestionProgress } from "../../src/protocol/game";
import type { RoundView } from "../../src/protocol/gamePanel";
import { button, textField } from "../kit/components";
import { element } from "../kit/dom";
import type { Ask } from "./ask";
import { answerParts } from "./answerParts";
import { feedback } from "./feedback";
import { modelsLine } from "./modelsLine";
import { passagePart } from "./passagePart";

export interface RoundPart {
  readonly root: HTMLElement;
  /** @param number tells one round from the next */
  readonly show: (round: RoundView, number: number) => void;
  readonly showProgress: (progress: QuestionProgress) => void;
}

export function roundView(ask: Ask): RoundPart {
  const passage = passagePart();
  const field = textField("Your guess", () => guess());
  const guess = () => ask({ type: "guess", text: field.take() });
  const form = element(
    "div",
    { class: "form" },
    field.root,
    button("Guess", guess, "main"),
    button("Give Up", () => ask({ type: "giveUp" }), "normal"),
  );
  const next = button("Next Word", () => ask({ type: "next" }), "main");
  const guesses = element("ol", { class: "guesses", "aria-label": "Wrong guesses" });
  const said = element("p", { class: "said", role: "status" });
  const models = modelsLine(ask);
  const answers = element("div", { class: "answers" });
  const root = element("div", {}, passage.root, form, next, guesses, said, models.root, answers);
  ignoreHeldEnter(root);
  let before: { readonly number: number; readonly round: RoundView } | null = null;
  return {
    root,
    showProgress: models.showProgress,
    show: (round, number) => {
      const last = before?.number === number ? before.round : null;
      before = { number, round };
      const isOver = round.reveal !== null;
      form.hidden = isOver;
      next.hidden = !isOver;
      passage.show(round);
      models.root.hidden = isOver && round.models.kind === "answered";
      models.show(round.models);
      guesses.replaceChildren(
        ...round.guesses.map((words) => element("li", { class: "text" }, visibleText(words))),
      );
      said.textContent = feedback(round);
      answers.replaceChildren(...answerParts(round.reveal?.answers ?? []));
      if (last === null || isOver !== (last.reveal !== null)) (isOver ? next : field.root).focus();
    },
  };
}

/** A key that is held presses a button again and again: the word after next would be gone unseen. */
function ignoreHeldEnter(root: HTMLElement): void {
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.repeat && event.key === "Enter") event.preventDefault();
    },
    { capture: true },
  );
}
