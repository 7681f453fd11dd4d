/** What words are cut by: single characters (code points). */

/** White space, of ASCII and of JavaScript's `\s`: spaces, tabs, line breaks and their kin. */
export function isBlank(character: string): boolean {
  return /^\s/u.test(character);
}

/** Of Unicode's category P: stops, commas, quotes, brackets, dashes, apostrophes. */
export function isPunctuation(character: string): boolean {
  return /^\p{P}/u.test(character);
}
