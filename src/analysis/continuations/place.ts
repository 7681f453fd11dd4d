/** A place in a document that is found again after edits: followed while they are seen, else by the text around it. */
import { withoutLastBlank } from "./tree";

/** Where continuations begin. */
export interface Place {
  /** UTF-16 units before it. */
  readonly start: number;
  /** The text that stood before it, at most {@link CONTEXT} units. */
  readonly before: string;
  /** A blank that a continuation brings along: it takes the place of this one. Else empty. */
  readonly blank: string;
  /** The text behind the blank, likewise. */
  readonly after: string;
  /** An edit went across it: the text around it is that of before. */
  readonly isAdrift: boolean;
}

/** One replacement: the UTF-16 units `[start, endExclusive)` of the old text became `length` new ones. */
export interface Edit {
  readonly start: number;
  readonly endExclusive: number;
  readonly length: number;
}

/** A text of which parts are read: a string, or a document. */
export interface Sliceable {
  slice(start: number, endExclusive: number): string;
}

/** UTF-16 units on each side by which a place is found again: more than a sentence. */
export const CONTEXT = 96;
/** A text has to be this long to tell its place from others. */
const LEAST_CONTEXT = 12;

/** Where the token at `offset` begins. */
export function placeAt(text: Sliceable, offset: number): Place {
  return withContext(text, offset, "");
}

/** Where somebody writes: a single blank before it is left to the continuation, as tokenizers put it in front of words. */
export function placeOfCursor(text: Sliceable, offset: number): Place {
  const end = text.slice(Math.max(0, offset - 2), offset);
  const blank = end.length === 2 && withoutLastBlank(end) !== end ? " " : "";
  return withContext(text, offset - blank.length, blank);
}

export function endOf({ start, blank }: Place): number {
  return start + blank.length;
}

/**
 * The place after edits of one moment, none of which overlaps another; offsets are those of the text before all of them.
 * @param text after the edits
 */
export function moved(place: Place, edits: readonly Edit[], text: Sliceable): Place {
  const isCrossed = edits.some((edit) => crosses(place, edit));
  const start = edits
    .filter((edit) => edit.endExclusive <= place.start && !isTypedThere(place, edit))
    .reduce((at, edit) => at + edit.length - (edit.endExclusive - edit.start), place.start);
  if (!isCrossed && !place.isAdrift) return withContext(text, start, place.blank);
  const again = nearby(place, edits, text);
  return { ...place, start: again ?? start, isAdrift: again === null };
}

/** Where the text around the place stands in what has just been edited, as after an undo; null: nowhere. */
function nearby(
  { before, blank, after }: Place,
  edits: readonly Edit[],
  text: Sliceable,
): number | null {
  const around = before + blank + after;
  const from = Math.max(0, Math.min(...edits.map((edit) => edit.start)) - around.length);
  const end = Math.max(...edits.map((edit) => edit.start + edit.length)) + around.length;
  const at = around === "" ? -1 : text.slice(from, end).indexOf(around);
  return at < 0 ? null : from + at + before.length;
}

/**
 * Offset at which the place begins in a text; null where it can't be told.
 * @param text whole
 */
export function found(text: string, place: Place): number | null {
  const { start, before, blank, after } = place;
  if (isAt(text, place, start)) return start;
  const around = occurrences(text, before + blank + after);
  if (around.length > 0) return nearest(around, start - before.length) + before.length;
  const behind = onlyOccurrence(text, before + blank);
  if (behind !== null) return behind + before.length;
  return onlyOccurrence(text, blank + after);
}

function withContext(text: Sliceable, start: number, blank: string): Place {
  const end = start + blank.length;
  return {
    start,
    before: text.slice(Math.max(0, start - CONTEXT), start),
    blank,
    after: text.slice(end, end + CONTEXT),
    isAdrift: false,
  };
}

/** What is typed at the very place stands behind it. */
function isTypedThere({ start, blank }: Place, edit: Edit): boolean {
  return blank === "" && edit.start === start && edit.endExclusive === start;
}

/** It goes across the place, or takes all that is known of the text before it. */
function crosses(place: Place, { start, endExclusive }: Edit): boolean {
  const { before, start: at } = place;
  const isSwallowed = before !== "" && start <= at - before.length && endExclusive === at;
  return isSwallowed || (start < endOf(place) && endExclusive > at);
}

/** Whether the text around an offset is that around the place. */
function isAt(text: Sliceable, { before, blank, after }: Place, start: number): boolean {
  if (start < before.length) return false;
  const around = before + blank + after;
  const from = start - before.length;
  return text.slice(from, from + around.length) === around;
}

/** null: there is none, or one of several. */
function onlyOccurrence(text: string, part: string): number | null {
  const [first, ...others] = occurrences(text, part);
  return first !== undefined && others.length === 0 ? first : null;
}

/** Offsets of a part that is long enough to tell its place from others. */
function occurrences(text: string, part: string): number[] {
  const all: number[] = [];
  if (part.length < LEAST_CONTEXT) return all;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) all.push(at);
  return all;
}

function nearest(offsets: readonly number[], to: number): number {
  return offsets.reduce((best, at) => (Math.abs(at - to) < Math.abs(best - to) ? at : best));
}
