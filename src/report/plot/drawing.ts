import type { Markup } from "./markup";

/** A figure's picture. */
export interface Drawing {
  /** An `svg` element of that size; its ids are none, so that many drawings may stand on one page. */
  readonly root: Markup;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** What can be pointed at, in reading order. */
  readonly marks: readonly Mark[];
  /** What the picture does not show, a sentence each. */
  readonly notes: readonly string[];
}

/** A value's place in a drawing. */
export interface Mark {
  /** What it is the value of, then the value; a line each, with foreign text made visible. */
  readonly words: readonly string[];
  readonly box: Box;
  /** What is opened by choosing it, as the figure says it; null: nothing. */
  readonly target: string | null;
}

/** CSS pixels from the drawing's upper left corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Parts of a drawing. */
export interface Part {
  readonly elements: readonly Markup[];
  readonly marks: readonly Mark[];
}
