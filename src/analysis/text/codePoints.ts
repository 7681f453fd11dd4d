/**
 * Code points and UTF-16 offsets: alignments count the former, the editor and the columns of scores the latter. Half of
 * a surrogate pair that stands alone is a code point by itself.
 */

/** The code points of a text. */
export function codePoints(text: string): Int32Array {
  const points = new Int32Array(text.length);
  let count = 0;
  for (const character of text) points[count++] = character.codePointAt(0)!;
  return points.slice(0, count);
}

/** The text of code points. */
export function textOfCodePoints(points: Int32Array): string {
  return Array.from(points, (point) => String.fromCodePoint(point)).join("");
}

export function countCodePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at = nextCodePoint(text, at)) count++;
  return count;
}

/** UTF-16 offset behind the code point that begins at `offset`; beyond the text it goes on one by one. */
export function nextCodePoint(text: string, offset: number): number {
  return offset + ((text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1);
}

/** UTF-16 offset of the `count`-th code point behind the one at `from`. */
export function skipCodePoints(text: string, from: number, count: number): number {
  let offset = from;
  for (let i = 0; i < count; i++) offset = nextCodePoint(text, offset);
  return offset;
}

/** UTF-16 offset of each code point, and of the text's end, `[code point]`. */
export function unitsBefore(text: string): Uint32Array {
  const units = new Uint32Array(text.length + 1);
  let point = 0;
  for (let at = 0; at < text.length; at = nextCodePoint(text, at)) units[point++] = at;
  units[point] = text.length;
  return units.slice(0, point + 1);
}

/** Code points before each UTF-16 offset, the text's end included; both halves of a pair have the same, `[offset]`. */
export function codePointsBefore(text: string): Uint32Array {
  const points = new Uint32Array(text.length + 1);
  let point = 0;
  for (let at = 0; at < text.length; point++) {
    const end = nextCodePoint(text, at);
    points.fill(point, at, end);
    at = end;
  }
  points[text.length] = point;
  return points;
}
