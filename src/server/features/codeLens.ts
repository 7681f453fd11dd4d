import type { CodeLens } from "vscode-languageserver/node";
import { formatNumber, formatPerplexity, formatSigned } from "../../analysis/format";
import { increasePercent, measureSurprisal, type Surprisal } from "../../analysis/surprisal";
import { tokenizeAlike } from "../../analysis/tokenizers";
import { tokensIn } from "../../analysis/tokens";
import type { TextScores } from "../../engine/scoring";
import { oldMeasurement } from "../../protocol/measured";
import type { TextRange } from "../../protocol/scores";
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
  const title = lensTitle(text, base, rlhf, scope.range) ?? "";
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
      .map((section) =>
        lens(section.start, lensTitle(text, base, rlhf, section) ?? "", "", document.uri),
      ),
  ].filter(({ command }) => command!.title !== "");
}

function scopeName({ range, asReply }: Scope): string {
  if (range === null) return "Document";
  return asReply ? "Reply" : "Part";
}

/** `PPL base 12.3 · RLHF 18.9 (+54 %)`; bits per byte where tokenizers differ; null where nothing is scored. */
export function lensTitle(
  text: string,
  base: TextScores | null,
  rlhf: TextScores | null,
  range: TextRange | null,
): string | null {
  const measured = [base, rlhf].map(
    (scores) => scores && measureSurprisal(text, scores.columns, tokensIn(scores.columns, range)),
  );
  const [left = null, right = null] = measured.map((m) => (m && m.scoredTokens > 0 ? m : null));
  const alike = !base || !rlhf || tokenizeAlike(base.model, rlhf.model);
  const valueOf = ({ perplexity, bitsPerByte }: Surprisal) => (alike ? perplexity : bitsPerByte);
  const figure = (surprisal: Surprisal) =>
    alike ? formatPerplexity(surprisal.perplexity) : formatNumber(surprisal.bitsPerByte, 2);
  const parts = [left && `base ${figure(left)}`, right && `RLHF ${figure(right)}`].filter(
    (part) => part !== null,
  );
  if (parts.length === 0) return null;
  const increase =
    left && right ? ` (${formatSigned(increasePercent(valueOf(left), valueOf(right)), 0)} %)` : "";
  return `${alike ? "PPL" : "bits/byte"} ${parts.join(" · ")}${increase}`;
}

/** Whether a model, where there is one, has scored the section to its end. */
function isKnown(scores: TextScores | null, section: TextRange): boolean {
  if (!scores) return true;
  const { columns } = scores;
  const { start, endExclusive } = tokensIn(columns, section);
  return endExclusive > start && columns.rank[endExclusive - 1] !== 0;
}
