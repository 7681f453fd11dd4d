/** Scripts that set no blanks between words, as part of a regular expression's class. */
export const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;

/** Letters, digits and what stands inside words; scripts that set no blanks between words have no borders to look for. */
const IN_WORD = new RegExp(`^(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}'’]$`, "u");

/**
 * The stretch of text that has the given one and the words that it begins and ends in, whole. The offsets are UTF-16.
 * @param start half-open with `endExclusive`, between characters
 */
export function wholeWords(text: string, start: number, endExclusive: number): string {
  const left = [...text.slice(Math.max(0, start - LONGEST_WORD), start)].reverse();
  const right = [...text.slice(endExclusive, endExclusive + LONGEST_WORD)];
  const inside = [...text.slice(start, endExclusive)];
  const before = isInWord(inside[0]) ? runOfWord(left).reverse() : [];
  const after = isInWord(inside.at(-1)) ? runOfWord(right) : [];
  return [...before, ...inside, ...after].join("");
}

/** UTF-16 units; what is longer than any word is not made whole. */
const LONGEST_WORD = 40;

/** Whether a character (code point) is a part of words. */
export function isInWord(character: string | undefined): boolean {
  return character !== undefined && IN_WORD.test(character);
}

function runOfWord(characters: readonly string[]): string[] {
  const end = characters.findIndex((character) => !isInWord(character));
  return characters.slice(0, end < 0 ? characters.length : end);
}

/** White space and control characters as single blanks, none at the ends. */
export function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}
