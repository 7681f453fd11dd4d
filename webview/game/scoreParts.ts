import { formatNumber, formatPercent, visibleText } from "../../src/analysis/presentation/format";
import { MOST_GUESSES } from "../../src/analysis/scores/guessing";
import type { ScoreRow, ScoreView } from "../../src/protocol/gamePanel";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { numberColumn, tableElement } from "../charts/table";
import { element } from "../kit/dom";

/** The player's score beside that of the models on the same words; nothing before the first word. */
export function scoreParts({ pair, rows }: ScoreView): readonly HTMLElement[] {
  const [you] = rows;
  if (!you) return [];
  const count = `${formatNumber(you.words, 0)} ${you.words === 1 ? "word" : "words"}`;
  const table = tableElement({
    columns: [
      { title: "", kind: "words" },
      { title: "Right at first guess", kind: "number", format: percent },
      { title: `Within ${MOST_GUESSES} guesses`, kind: "number", format: percent },
      numberColumn("Mean guesses", 2),
    ],
    rows: () =>
      rows.map(({ who, first, found, meanGuesses }) => [NAMES[who], first, found, meanGuesses]),
  });
  return [
    element("h2", {}, "Score"),
    element("p", { class: "muted" }, `${count} against ${visibleText(pair)}`),
    table,
  ];
}

const NAMES: Readonly<Record<ScoreRow["who"], string>> = { you: "You", ...ROLE_TITLES };

function percent(share: number): string {
  return formatPercent(share, 0);
}
