import type { TextRange } from "../../protocol/scores";
import { wordChoiceOf } from "../../protocol/settings";
import type { Parts } from "../build";
import { codeLenses } from "../features/codeLens";
import { hover } from "../features/hover";
import { inlayHints } from "../features/inlayHints";
import { wordLine } from "../features/wordLine";

/** What editors show of highlighted documents. */
export function answerEditors(parts: Parts): void {
  const { connection, highlighter, configuration, expectations } = parts;
  connection.onHover(async ({ textDocument, position }) => {
    const highlighted = highlighter.get(textDocument.uri);
    if (!highlighted) return null;
    const { document } = highlighted;
    const ahead = await expectations.linesAt(highlighted, document.offsetAt(position));
    const isSame = highlighted.document.version === document.version;
    const offset = highlighted.document.offsetAt(position);
    const word = wordLine(highlighted, offset, wordChoiceOf(configuration().settings));
    return hover(highlighted, offset, [word, ...(isSame ? ahead : [])]);
  });
  connection.languages.inlayHint.on(({ textDocument, range }) => {
    const highlighted = highlighter.get(textDocument.uri);
    if (!highlighted) return [];
    const { document } = highlighted;
    const part: TextRange = {
      start: document.offsetAt(range.start),
      endExclusive: document.offsetAt(range.end),
    };
    return inlayHints(highlighted, configuration().settings.inlayHints, part);
  });
  connection.onCodeLens(({ textDocument }) => {
    const highlighted = highlighter.get(textDocument.uri);
    return highlighted && configuration().settings.codeLens ? codeLenses(highlighted) : [];
  });
}
