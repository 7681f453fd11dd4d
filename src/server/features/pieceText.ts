import { visibleText } from "../../analysis/presentation/format";
import type { Vocabulary } from "../../engine/engine";
import { pieceBytes, TokenAttribute } from "../../engine/pieces";

const NO_TEXT = TokenAttribute.Unknown | TokenAttribute.Unused | TokenAttribute.Control;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The piece's characters, or null where it is part of a character or no UTF-8 at all. */
export function pieceText(vocabulary: Vocabulary, id: number): string | null {
  try {
    return strictUtf8.decode(pieceBytes(vocabulary, id));
  } catch {
    return null;
  }
}

/** The piece as people read it: blanks (as `·`) and control characters visible, bytes that are no characters in hex. */
export function pieceLabel(vocabulary: Vocabulary, id: number): string {
  const text = pieceText(vocabulary, id);
  if (text !== null) return textLabel(text);
  return Array.from(
    pieceBytes(vocabulary, id),
    (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  ).join("");
}

/** Text of tokens as people read it: blanks (as `·`) and control characters visible. */
export function textLabel(text: string): string {
  return visibleText(text).replaceAll(" ", "·");
}

/** Whether the piece can be put into a document as it is. */
export function isInsertable(vocabulary: Vocabulary, id: number): boolean {
  const isText = ((vocabulary.attributes[id] ?? NO_TEXT) & NO_TEXT) === 0;
  if (!isText || vocabulary.endOfGeneration.includes(id)) return false;
  const text = pieceText(vocabulary, id);
  return text !== null && text !== "";
}
