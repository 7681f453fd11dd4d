import type { CodeLens } from "vscode-languageserver/node";
import { commonTextIn, increasePercent } from "../../analysis/commonText";
import { comparisonText } from "../../analysis/comparisonText";
import { measureSurprisal } from "../../analysis/surprisal";
import { tokensIn } from "../../analysis/tokens";
import type { TextScores } from "../../engine/scoring";
import { oldMeasurement } from "../../protocol/measured";
import type { TextRange } from "../../protocol/scores";
import { commonScores } from "../../report/summary";
import type { HighlightedDocument } from "../highlighted";
import { freshScores } from "../layers";
import type { Scope } from "../scope";
import { sectionsOf } from "../sections";

/** Numbers above the document and its sections; sections that are not scored, or changed since, have none, nor has a pair not in use. */
export function codeLenses(highlighted: HighlightedDocument): CodeLens[] {
  const { document, current, scope } = highlighted;
  const text = document.getText();
  const base = freshScores(current, "base");
  const rlhf = freshScores(current, "rlhf");
  const lens = (offset: number, title: string, command: string, uri: string): CodeLens => {
    const position = document.positionAt(offset);
    return {
      range: { start: position, end: position },
      command: { title, command, arguments: [uri] },
    };
  };
  const old = oldMeasurement(highlighted.measured);
  if (old !== null) {
    const title = `Scores ${old}: highlight again`;
    return [lens(0, title, "twinlens.highlightDocument", document.uri)];
  }
  const isStale = current.staleFrom < text.length;
  const titleOf = lensTitles(text, base, rlhf);
  const title = titleOf(scope.range) ?? "";
  const whole = isStale
    ? lens(
        0,
        "Changed since it was scored: highlight again",
        "twinlens.highlightDocument",
        document.uri,
      )
    : lens(0, title && `${scopeName(scope)} · ${title}`, "twinlens.openReport", document.uri);

  const sections = sectionsOf(text, document.languageId);
  // A single section is the document itself.
  const parts = sections.length < 2 ? [] : sections;
  return [
    whole,
    ...parts
      .filter(({ endExclusive }) => endExclusive <= current.staleFrom)
      .filter((section) => isKnown(base, section) && isKnown(rlhf, section))
      .map((section) => lens(section.start, titleOf(section) ?? "", "", document.uri)),
  ].filter(({ command }) => command!.title !== "");
}

function scopeName({ range, asReply }: Scope): string {
  if (range === null) return "Document";
  return asReply ? "Reply" : "Part";
}

/** What a lens says of a range (null: the whole text) of a text; null where nothing is scored. */
export function lensTitles(
  text: string,
  base: TextScores | null,
  rlhf: TextScores | null,
): (range: TextRange | null) => string | null {
  const whole = base && rlhf && commonScores(base, rlhf);
  const sameTokenizer = whole === null || whole.unit === "token";
  const measure = (scores: TextScores | null, range: TextRange | null) =>
    scores && measureSurprisal(text, scores.columns, tokensIn(scores.columns, range));
  return (range) => {
    const common = whole && commonTextIn(whole, range);
    return comparisonText({
      base: measure(base, range),
      rlhf: measure(rlhf, range),
      sameTokenizer,
      increasePercent: common && increasePercent(common),
      common,
    });
  };
}

/** Whether a model, where there is one, has scored the section to its end. */
function isKnown(scores: TextScores | null, section: TextRange): boolean {
  if (!scores) return true;
  const { columns } = scores;
  const { start, endExclusive } = tokensIn(columns, section);
  return endExclusive > start && columns.rank[endExclusive - 1] !== 0;
}
