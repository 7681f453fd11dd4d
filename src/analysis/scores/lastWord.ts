/** The words of the Shannon game (paper, Appendix D): which one is hidden, which one a model says, and how alike they are. */
import type { TextRange } from "../text/ranges";
import { UNSPACED } from "../text/words";

/** Letters, marks and digits of a script with blanks between words. */
const PART = String.raw`(?:(?![${UNSPACED}])[\p{L}\p{M}\p{N}])+`;
/** What joins two parts to one word: an apostrophe, a hyphen, and between digits a point or comma. */
const JOINT = String.raw`(?:['’‐‑-]|(?<=\p{N})[.,](?=\p{N}))`;
/** Where a script sets no blanks between words, a character is one. */
const CHARACTER = String.raw`(?=[\p{L}\p{N}])[${UNSPACED}]\p{M}*`;
const WORD = new RegExp(`${CHARACTER}|${PART}(?:${JOINT}${PART})*`, "gu");

/** The words of a text in order, without the punctuation around them, looked for as they are asked for. UTF-16 offsets. */
export function* wordsIn(text: string): Generator<TextRange> {
  for (const { 0: word, index } of text.matchAll(WORD)) {
    yield { start: index, endExclusive: index + word.length };
  }
}

/** The last word of a text, as of {@link wordsIn}; null: there is none. */
export function lastWord(text: string): TextRange | null {
  let found: TextRange | null = null;
  for (const word of wordsIn(text)) found = word;
  return found;
}

/** The last word of a text that another one stands before; null: there is none. */
export function lastWordAfterAnother(text: string): TextRange | null {
  const [first] = wordsIn(text);
  const last = lastWord(text);
  return last?.start === first?.start ? null : last;
}

/** What a continuation begins with. */
export interface FirstWord {
  /** Without the punctuation around it; where no letter or digit stands before the first blank, what stands there. */
  readonly word: string;
  /** Nothing that follows can make another word of it. */
  readonly isWhole: boolean;
}

/** The first word of a text that may end in the middle of it. */
export function firstWord(text: string): FirstWord {
  const [, start = "", blank = ""] = /^\s*(\S*)(\s?)/u.exec(text) ?? [];
  const [found] = start.matchAll(WORD);
  const rest = found ? start.slice(found.index + found[0].length) : "";
  return {
    word: found?.[0] ?? start,
    // A joint alone may yet have a letter behind it.
    isWhole: (start !== "" && blank !== "") || [...rest].length > 1,
  };
}

/**
 * The overlap F1 of two words' tokens, each taken as often as it comes (as in question answering, Rajpurkar et al. 2016).
 * @returns 0 .. 1
 */
export function overlapF1(said: readonly number[], wanted: readonly number[]): number {
  const left = [...wanted];
  let common = 0;
  for (const token of said) {
    const at = left.indexOf(token);
    if (at < 0) continue;
    left.splice(at, 1);
    common += 1;
  }
  return common === 0 ? 0 : (2 * common) / (said.length + wanted.length);
}
