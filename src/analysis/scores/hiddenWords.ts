/** Which words of a text are hidden from a player, and what is seen of the text. All offsets are UTF-16. */
import type { Generator as Random } from "../statistics/random";
import type { TextRange } from "../text/ranges";
import { lastWordAfterAnother, wordsIn } from "./lastWord";

/** A hidden word, and what player and models read before it. */
export interface Passage {
  /** The text that ends where the word begins, at most {@link LONGEST_BEFORE} units of it. */
  readonly before: string;
  /** The text begins earlier. */
  readonly isCut: boolean;
  /** Without the punctuation around it. */
  readonly word: string;
}

/** Words that stand before the first one that is hidden: without any there is nothing to guess from. */
export const LEAST_WORDS_BEFORE = 5;
/** What a player still reads, and a model in a moment; UTF-16 units. */
const LONGEST_BEFORE = 2000;
/** UTF-16 units; what is longer is no word that anybody guesses. */
const LONGEST_WORD = 40;

/** The words of a stretch one after the other, at most `most`; one that the stretch begins in the middle of is left out. */
export function wordsFrom(
  text: string,
  { start, endExclusive }: TextRange,
  most: number,
): Passage[] {
  const passages: Passage[] = [];
  for (const word of wordsAfter(text, Math.max(start, firstHidden(text)))) {
    if (word.endExclusive > endExclusive || passages.length === most) break;
    passages.push(passageAt(text, word));
  }
  return passages;
}

/** Words from all over the text, in its order: one of each of `count` stretches of equal length; fewer of a short text. */
export function spreadWords(text: string, count: number, random: Random): Passage[] {
  const first = firstHidden(text);
  const stretch = (text.length - first) / count;
  const words = new Map<number, TextRange>();
  for (let i = 0; i < count; i++) {
    const [word] = wordsAfter(text, Math.floor(first + (i + random()) * stretch));
    if (word) words.set(word.start, word);
  }
  return [...words.values()].map((word) => passageAt(text, word));
}

/** The passage without its last word; null: it has no word before it. */
export function withoutLastWord(text: string): Passage | null {
  const word = lastWordAfterAnother(text);
  return word && passageAt(text, word);
}

/** Where the first word begins that has enough words before it; the text's end where none has. */
function firstHidden(text: string): number {
  let before = 0;
  for (const { start } of wordsIn(text)) if (before++ === LEAST_WORDS_BEFORE) return start;
  return text.length;
}

/** Words that begin at an offset or behind it, without numbers and what is too long. */
function* wordsAfter(text: string, offset: number): Generator<TextRange> {
  // From a little before: a word in which the offset stands is no shorter one.
  const from = Math.max(0, offset - LONGEST_WORD);
  for (const found of wordsIn(text.slice(from))) {
    const [start, endExclusive] = [from + found.start, from + found.endExclusive];
    const word = text.slice(start, endExclusive);
    if (start < offset || word.length > LONGEST_WORD || !/\p{L}/u.test(word)) continue;
    yield { start, endExclusive };
  }
}

function passageAt(text: string, { start, endExclusive }: TextRange): Passage {
  const from = seenFrom(text, start);
  return {
    before: text.slice(from, start),
    isCut: from > 0,
    word: text.slice(start, endExclusive),
  };
}

/** Where the text begins that is seen before an offset: at a blank, where there is one nearby. */
function seenFrom(text: string, offset: number): number {
  const from = offset - LONGEST_BEFORE;
  if (from <= 0) return 0;
  const blank = /\s(?=\S)/u.exec(text.slice(from, from + LONGEST_WORD));
  // Without one a character of two units may begin here.
  if (blank) return from + blank.index + 1;
  return /[\uDC00-\uDFFF]/u.test(text[from]!) ? from + 1 : from;
}
