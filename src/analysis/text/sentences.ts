/**
 * A sentence, with the white space behind it: up to a full stop, exclamation or question mark (quotes and brackets that
 * close behind it belong to it) before white space, up to a full-width one, or up to the end of a line.
 */
const SENTENCE =
  /\s*\S[^\n]*?(?:[.!?\u2026]+["'\u201d\u2019\u00bb)\]]*(?=\s|$)|[\u3002\uff01\uff1f]+[\u201d\u2019\u300d\u300f\uff09]*|(?=\n|$))\s*/gu;

/** The text cut into sentences, which together are the text; white space alone has none. */
export function sentencesOf(text: string): readonly string[] {
  return text.trim() === "" ? [] : (text.match(SENTENCE) ?? []);
}
