import type { TextRange } from "../../protocol/scores";
import type { Divergence } from "../../protocol/summary";

/**
 * One word on which the models differ: the strongest span that is a whole word, else the first word of the strongest.
 * @param spans strongest first
 * @returns null: there are no words among them
 */
export function oneWord(spans: readonly Divergence[]): TextRange | null {
  const inWords = spans.filter(({ words }) => /\p{L}/u.test(words));
  const span = inWords.find(isWholeWord) ?? inWords[0];
  const word = span && /\S+/u.exec(span.text);
  if (!span || !word) return null;
  const start = span.range.start + word.index;
  return { start, endExclusive: Math.min(span.range.endExclusive, start + word[0].length) };
}

function isWholeWord({ text, words }: Divergence): boolean {
  return text.trim() === words && /^\p{L}+$/u.test(words);
}
