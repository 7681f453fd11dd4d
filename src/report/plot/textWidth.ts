/** How wide text is, as far as it can be known without a browser: rather too wide than too narrow. */

/** In the unit of `fontSize`. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems * fontSize;
}

/** The text, or as much of its beginning as is not wider than `width`, then an ellipsis; one character stays. */
export function fitted(text: string, width: number, fontSize: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  let room = width - textWidth("…", fontSize);
  let kept = "";
  for (const character of text) {
    room -= textWidth(character, fontSize);
    if (room < 0 && kept !== "") break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** At most `most` lines that are no wider than `width`, broken between words; null: the text does not fit. */
export function linesWithin(
  text: string,
  width: number,
  fontSize: number,
  most: number,
): readonly string[] | null {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/u)) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && textWidth(longer, fontSize) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  const fits = lines.length <= most && lines.every((line) => textWidth(line, fontSize) <= width);
  return fits ? lines : null;
}

/** As {@link linesWithin}, with what does not fit cut off. */
export function fittedLines(
  text: string,
  width: number,
  fontSize: number,
  most: number,
): readonly string[] {
  const lines = linesWithin(text, width, fontSize, Infinity) ?? text.trim().split(/\s+/u);
  const last = lines.slice(most - 1).join(" ");
  const shown = lines.length > most ? [...lines.slice(0, most - 1), last] : lines;
  return shown.map((line) => fitted(line, width, fontSize));
}

/** Widths of the sans-serif fonts of the large systems, the widest of each class. */
function emsOf(character: string): number {
  if (/[iIjltfr.,:;'|!()[\]/ -]/u.test(character)) return 0.37;
  if (/[mwMW@%]/u.test(character)) return 0.95;
  if (/[A-Z]/u.test(character)) return 0.7;
  // Chinese, Japanese, Korean, and pictures.
  if (/[\u1100-\u11FF\u2E80-\uFFEF\u{1F000}-\u{3FFFF}]/u.test(character)) return 1.05;
  return 0.6;
}
