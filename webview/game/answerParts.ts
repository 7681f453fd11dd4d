/** What each model would have said, and where it ranked the word. */
import {
  formatNumber,
  formatProbability,
  visibleText,
} from "../../src/analysis/presentation/format";
import { guessesOf } from "../../src/analysis/scores/guessing";
import type { RankedToken, WordAnswer } from "../../src/protocol/game";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { element } from "../kit/dom";

/** A section for each model. */
export function answerParts(answers: readonly WordAnswer[]): readonly HTMLElement[] {
  return answers.map((answer) => {
    const { role, said, tokens } = answer;
    const title = ROLE_TITLES[role];
    return element(
      "section",
      { class: `answer ${role}`, "aria-label": title },
      element("h2", {}, title),
      element("p", {}, ...saying(said)),
      element("p", {}, ...ranking(tokens)),
      choicesTable(answer),
    );
  });
}

function saying(said: string): readonly (string | HTMLElement)[] {
  if (said === "") return ["Would have ended the text."];
  return ["Would have said: ", element("b", { class: "text" }, visibleText(said))];
}

/** How many guesses the word would have taken it, and how probable it was. */
function ranking(tokens: readonly RankedToken[]): readonly (string | HTMLElement)[] {
  const guesses = guessesOf(tokens.map(({ rank }) => rank));
  const probability = tokens.reduce((product, token) => product * token.probability, 1);
  const needed = `${formatNumber(guesses, 0)} ${guesses === 1 ? "guess" : "guesses"}`;
  const facts = `Would have needed ${needed}: it gave the word ${formatProbability(probability)}.`;
  if (tokens.length < 2) return [facts];
  const ranks = tokens.flatMap(({ label, rank }) => [piece(label), ` ${formatNumber(rank, 0)}, `]);
  return [
    `${facts} Its tokens rank: `,
    ...ranks.slice(0, -1),
    ` ${formatNumber(tokens.at(-1)!.rank, 0)}.`,
  ];
}

/** The first choices by rank, and the word's own first token in its place among or behind them. */
function choicesTable({ role, choices, tokens }: WordAnswer): HTMLElement {
  const [first] = tokens;
  const ranked = choices.map((choice, i) => ({ ...choice, rank: i + 1 }));
  const rows = first && first.rank > ranked.length ? [...ranked, first] : ranked;
  return element(
    "table",
    { "aria-label": `First choices of ${ROLE_TITLES[role]}` },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...HEADS.map(([title, kind]) => element("th", { scope: "col", class: kind }, title)),
      ),
    ),
    element("tbody", {}, ...rows.map((row) => choiceRow(row, row.rank === first?.rank))),
  );
}

const HEADS = [
  ["Rank", "number"],
  ["Token", "text"],
  ["Probability", "number"],
] as const;

function choiceRow({ rank, label, probability }: RankedToken, isWord: boolean): HTMLElement {
  const mark = isWord ? [element("span", { class: "mark" }, "the word")] : [];
  return element(
    "tr",
    isWord ? { class: "own" } : {},
    element("td", { class: "number" }, formatNumber(rank, 0)),
    element("th", { scope: "row" }, piece(label), ...mark),
    element("td", { class: "number" }, formatProbability(probability)),
  );
}

/** Blanks belong to tokens, and are to be seen. */
function piece(label: string): HTMLElement {
  return element("span", { class: "text piece" }, label);
}
