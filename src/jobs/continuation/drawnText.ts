import type { Vocabulary } from "../../engine/engine";
import { isControl, pieceBytes } from "../../engine/pieces";
import type { DrawnContinuation } from "../../protocol/continuation";

/** The text of drawn tokens in whole characters: one that the last token only begins is left out. */
export function drawnText(
  ids: Int32Array,
  vocabulary: Vocabulary,
): Pick<DrawnContinuation, "text" | "starts"> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  const starts = Array.from(ids, (id) => {
    const start = text.length;
    if (!isControl(vocabulary, id)) {
      text += decoder.decode(pieceBytes(vocabulary, id), { stream: true });
    }
    return start;
  });
  return { text, starts };
}
