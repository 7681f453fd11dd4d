import { formatNumber, visibleText } from "../../src/analysis/presentation/format";
import { guessesOf, MOST_GUESSES } from "../../src/analysis/scores/guessing";
import type { ModelsAsked, Refusal, Reveal, RoundView } from "../../src/protocol/gamePanel";
import { ROLE_TITLES } from "../../src/protocol/roles";

/** What is said after each step, to be read aloud as well. */
export function feedback({ guesses, guessesLeft, refusal, models, reveal }: RoundView): string {
  if (reveal !== null) return `${outcome(reveal)} ${modelsOutcome(reveal, models)}`.trim();
  const left = `${guessesLeft} ${guessesLeft === 1 ? "guess" : "guesses"} left.`;
  if (refusal !== null) return `${REFUSALS[refusal]} ${left}`;
  const last = guesses.at(-1);
  return last === undefined ? left : `Not “${visibleText(last)}”. ${left}`;
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  empty: "Type a word.",
  several: "One word at a time.",
  repeated: "You have tried that.",
};

function outcome({ word, found }: Reveal): string {
  const quoted = `“${visibleText(word)}”`;
  if (found === null) return `It was ${quoted}.`;
  return `Right, ${quoted}, at ${found === 1 ? "the first guess" : `guess ${found} of ${MOST_GUESSES}`}.`;
}

/** `Base would have needed 3 guesses, RLHF 12.` */
function modelsOutcome({ answers }: Reveal, { kind }: ModelsAsked): string {
  if (answers === null) {
    return kind === "asked"
      ? "It counts as soon as the models have answered."
      : "It does not count, as the models have not answered.";
  }
  const needed = answers.map(({ role, tokens }, i) => {
    const guesses = guessesOf(tokens.map(({ rank }) => rank));
    const count = formatNumber(guesses, 0);
    const name = ROLE_TITLES[role];
    if (i > 0) return `${name} ${count}`;
    return `${name} would have needed ${count} ${guesses === 1 ? "guess" : "guesses"}`;
  });
  return needed.length === 0 ? "" : `${needed.join(", ")}.`;
}
