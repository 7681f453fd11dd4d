/** Full stops, exclamation and question marks before white space, with the quotes and brackets that close behind them. */
const MARKS = String.raw`[.!?\u2026]+["'\u201d\u2019\u00bb)\]]*`;
/** Full-width ones. */
const WIDE_MARKS = String.raw`[\u3002\uff01\uff1f]+[\u201d\u2019\u300d\u300f\uff09]*`;

/**
 * A sentence, with the white space behind it: up to marks before white space, up to full-width ones, or up to the end of a line.
 */
const SENTENCE = new RegExp(
  String.raw`\s*\S[^\n]*?(?:${MARKS}(?=\s|$)|${WIDE_MARKS}|(?=\n|$))\s*`,
  "gu",
);

/** UTF-16 units; what is longer is no end of a sentence, and would take time to look at. */
const LONGEST_END = 64;

const SENTENCE_END = new RegExp(`(?:${MARKS}|${WIDE_MARKS})$`, "u");
const WIDE_END = new RegExp(`${WIDE_MARKS}$`, "u");

/** The text cut into sentences, which together are the text; white space alone has none. */
export function sentencesOf(text: string): readonly string[] {
  return text.trim() === "" ? [] : (text.match(SENTENCE) ?? []);
}

/** Whether a sentence ends with a word. @param isBeforeBlank white space, or nothing, stands behind it */
export function endsSentence(word: string, isBeforeBlank: boolean): boolean {
  return (isBeforeBlank ? SENTENCE_END : WIDE_END).test(word.slice(-LONGEST_END));
}
