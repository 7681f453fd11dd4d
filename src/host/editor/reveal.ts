import type { Range } from "vscode";
import { Selection, TextEditorRevealType, Uri, window, workspace } from "vscode";
import type { TextRange } from "../../protocol/scores";
import { toRange } from "./textRanges";

/** Selects a range where the document is shown, or shows it. */
export async function reveal(uri: string, range: TextRange): Promise<void> {
  const shown = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
  const document = shown?.document ?? (await workspace.openTextDocument(Uri.parse(uri, true)));
  const editor = await window.showTextDocument(document, {
    ...(shown?.viewColumn === undefined ? {} : { viewColumn: shown.viewColumn }),
  });
  const target: Range = toRange(document, range);
  // The cursor stands at the start: there the hover and the token's details look.
  editor.selection = new Selection(target.end, target.start);
  editor.revealRange(target, TextEditorRevealType.InCenterIfOutsideViewport);
}
