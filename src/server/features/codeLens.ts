import type { CodeLens } from "vscode-languageserver/node";
import { commonTextIn, increasePercent } from "../../analysis/scores/commonText";
import { comparisonText } from "../../analysis/presentation/comparisonText";
import { plainLabel } from "../../analysis/presentation/format";
import { measureSurprisal } from "../../analysis/scores/surprisal";
import { isScored, tokensIn } from "../../analysis/text/tokens";
import type { TextScores } from "../../protocol/textScores";
import { oldMeasurement } from "../../protocol/measured";
import type { TextRange } from "../../protocol/scores";
import { commonScores } from "../../report/summary";
import type { HighlightedDocument } from "../documents/highlighted";
import { freshScores } from "../documents/layers";
import type { Scope } from "../scoring/scope";
import { sectionsOf } from "../documents/sections";

/**
 * Numbers above the document and its sections, each with the name of what they are of; sections that are not scored, or
 * changed since, have none, nor has a pair not in use.
 */
export function codeLenses(highlighted: HighlightedDocument): CodeLens[] {
  const { document, current, scope } = highlighted;
  const text = document.getText();
  const base = freshScores(current, "base");
  const rlhf = freshScores(current, "rlhf");
  const lens = (offset: number, name: string, says: string | null, command: string): CodeLens[] => {
    if (says === null) return [];
    const position = document.positionAt(offset);
    const title = plainLabel(`${name} · ${says}`);
    return [
      {
        range: { start: position, end: position },
        command: { title, command, arguments: [document.uri] },
      },
    ];
  };
  const whole = (says: string | null, command: string) => lens(0, scopeName(scope), says, command);
  const old = oldMeasurement(highlighted.measured);
  if (old !== null) return whole(`${old}: highlight again`, "twinlens.highlightDocument");
  const says = lensTexts(text, base, rlhf);
  const isStale = current.staleFrom < text.length;
  const sections = sectionsOf(text, document.languageId);
  // A single section is the document itself.
  const parts = sections.length < 2 ? [] : sections;
  return [
    ...(isStale
      ? whole("changed since it was scored: highlight again", "twinlens.highlightDocument")
      : whole(says(scope.range), "twinlens.openReport")),
    ...parts
      .filter(({ endExclusive }) => endExclusive <= current.staleFrom)
      .filter((section) => isKnown(base, section) && isKnown(rlhf, section))
      .flatMap((section) => lens(section.start, section.name, says(section), "")),
  ];
}

function scopeName({ range, asReply }: Scope): string {
  if (range === null) return "Whole document";
  return asReply ? "Selection as a reply" : "Selection";
}

/** What a lens says of a range (null: the whole text) of a text; null where nothing is scored. */
export function lensTexts(
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
    const compared = {
      base: measure(base, range),
      rlhf: measure(rlhf, range),
      sameTokenizer,
      increasePercent: common && increasePercent(common),
      common,
    };
    return comparisonText(compared, "perplexity");
  };
}

/** Whether a model, where there is one, has scored the section to its end. */
function isKnown(scores: TextScores | null, section: TextRange): boolean {
  if (!scores) return true;
  const { columns } = scores;
  const { start, endExclusive } = tokensIn(columns, section);
  return endExclusive > start && isScored(columns, endExclusive - 1);
}
