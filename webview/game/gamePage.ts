/** The page of the game. */
import { formatNumber, visibleText } from "../../src/analysis/presentation/format";
import { MOST_GUESSES } from "../../src/analysis/scores/guessing";
import type { QuestionProgress } from "../../src/protocol/game";
import type { GameView } from "../../src/protocol/gamePanel";
import { type Role, ROLE_NAMES } from "../../src/protocol/roles";
import { button, link } from "../kit/components";
import { element } from "../kit/dom";
import type { Ask } from "./ask";
import { roundView } from "./roundView";
import { scoreParts } from "./scoreParts";

export interface GamePage {
  readonly root: HTMLElement;
  readonly show: (game: GameView) => void;
  readonly showProgress: (progress: QuestionProgress) => void;
  readonly warn: (text: string) => void;
}

export function gamePage(ask: Ask): GamePage {
  const place = element("p", { class: "place muted" });
  const warning = element("p", { class: "warning", role: "alert" });
  const lack = element("p", { class: "note" });
  const round = roundView(ask);
  const end = element("p", { class: "end", role: "status" });
  const score = element("section", { class: "score", "aria-label": "Score" });
  const root = element(
    "main",
    {},
    element("header", { class: "top" }, element("h1", {}, "Guess the Next Word"), actions(ask)),
    ...[place, warning, lack, round.root, end, score],
    element("p", { class: "rules muted" }, RULES),
  );
  return {
    root,
    showProgress: round.showProgress,
    warn: (text) => {
      warning.textContent = visibleText(text);
    },
    show: (game) => {
      const { title, number, words, round: shown, only } = game;
      place.textContent = `${visibleText(title)}, word ${formatNumber(number, 0)} of ${formatNumber(words, 0)}`;
      lack.hidden = only === null;
      lack.replaceChildren(...(only === null ? [] : lackText(only, ask)));
      round.root.hidden = shown === null;
      if (shown) round.show(shown, number);
      end.textContent = shown ? "" : number < words ? NO_WORD : LAST_WORD;
      score.replaceChildren(...scoreParts(game.score));
    },
  };
}

const LAST_WORD = "That was the last word. Choose another text, or start over.";
/** The text of a game that goes on can't be read any more. */
const NO_WORD = "There is no word to guess. Choose another text.";

const RULES = [
  "You and the models read the same text.",
  "Capital letters, and what stands around a word, do not count in your guesses;",
  "a model guesses token by token, to the letter, its most probable ones first.",
  `A word that is not found with ${MOST_GUESSES} guesses counts as ${MOST_GUESSES + 1}, for models as well.`,
].join(" ");

function actions(ask: Ask): HTMLElement {
  return element(
    "div",
    { class: "actions" },
    button("Choose Text…", () => ask({ type: "chooseText" }), "normal"),
    button("Start Over", () => ask({ type: "startOver" }), "normal"),
  );
}

function lackText(only: Role, ask: Ask): readonly (string | HTMLElement)[] {
  const choose = link("Choose a pair", () => ask({ type: "choosePair" }));
  return [`The ${ROLE_NAMES[only]} model plays alone. `, choose, " with both to compare them."];
}
