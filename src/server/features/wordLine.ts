import { formatNumber } from "../../analysis/presentation/format";
import { tokensIn } from "../../analysis/text/tokens";
import { wordsOf } from "../../analysis/words/textWords";
import { wordRows } from "../../analysis/words/wordRows";
import { wordScores } from "../../analysis/words/wordScores";
import { boundaryEntries } from "../../engine/boundaryEntries";
import { sliceColumns } from "../../jobs/scoring/columns";
import { escapeMarkdown } from "../../protocol/markdown";
import { ROLE_NAMES, ROLES } from "../../protocol/roles";
import type { TextRange } from "../../protocol/scores";
import { boundaryOf, type WordChoice } from "../../protocol/words";
import type { HighlightedDocument } from "../documents/highlighted";
import type { LayerScores } from "../documents/layers";

/** UTF-16 units to either side of an offset in which its word is looked for: a longer one is cut. */
const NEIGHBOURHOOD = 512;

/**
 * Markdown: "Word **ferry**: 12.3 bits under base, 10.1 under RLHF." Empty where no word stands, where it changed since it was
 * scored, or none of the models has scored it.
 */
export function wordLine(
  highlighted: HighlightedDocument,
  offset: number,
  choice: WordChoice,
): string {
  const { document, current } = highlighted;
  // Other settings may have measured other boundaries.
  if (highlighted.isOld(current)) return "";
  const range = {
    start: Math.max(0, offset - NEIGHBOURHOOD),
    endExclusive: offset + NEIGHBOURHOOD,
  };
  const text = document.getText().slice(range.start, range.endExclusive);
  const words = wordsOf(text, choice.punctuation).map(({ start, endExclusive, sentence }) => ({
    start: range.start + start,
    endExclusive: range.start + endExclusive,
    sentence,
  }));
  const roles = ROLES.filter((role) => current[role] !== null);
  const parts = roles.map((role) => partOf(current[role]!, range));
  const rows = wordRows(
    words,
    parts.map(({ columns }) => columns),
  );
  const row = rows.find(({ start, endExclusive }) => start <= offset && offset < endExclusive);
  if (!row || row.endExclusive > current.staleFrom) return "";
  const bits = roles.flatMap((role, model) => {
    const { columns, first } = parts[model]!;
    const { vocabulary, scores } = current[role]!;
    const boundary = boundaryOf(choice);
    const found = wordScores(columns, row.tokens[model]!, {
      surprisal: choice.surprisal,
      boundaryEntries: boundary && boundaryEntries(vocabulary, boundary),
      continues: first > 0 || scores.prompt !== null,
    });
    return found.bits === null
      ? []
      : [`${formatNumber(found.bits, 2)} bits under ${ROLE_NAMES[role]}`];
  });
  if (bits.length === 0) return "";
  const word = document.getText().slice(row.start, row.endExclusive);
  return `Word **${escapeMarkdown(word)}**: ${bits.join(", ")}.`;
}

/** The columns of the tokens in a range, and the number of the first. */
function partOf({ scores }: LayerScores, range: TextRange) {
  const tokens = tokensIn(scores.columns, range);
  return { columns: sliceColumns(scores.columns, tokens), first: tokens.start };
}
